"""Names of points: none covers another, and none is cut off at the right."""

from components.figures.point_labels import free_labels, label_places


def test_a_name_that_would_cover_an_earlier_one_is_left_to_the_hover_text() -> None:
    names = free_labels([0.1, 0.101, 0.3], [0.05, 0.05, 0.05], ["oak", "elm", "fir"], (0.4, 0.1), [1, 0, 2])
    assert names == ["", "elm", "fir"]


def test_names_near_the_right_end_stand_to_the_left_of_their_points() -> None:
    assert label_places([0.1, 0.39], (0.4, 0.1)) == ["top center", "top left"]
    apart = free_labels([0.3, 0.39], [0.0, 0.0], ["oak", "a very long name of an asset"], (0.4, 0.1), [0, 1])
    assert apart == ["oak", ""]


def test_points_that_all_lie_together_keep_one_name() -> None:
    assert free_labels([0.0, 0.0], [0.0, 0.0], ["oak", "elm"], (0.0, 0.0), [0, 1]) == ["oak", ""]
