"""Names beside points, where there is room for them: what is left out stands in the hover text."""

from collections.abc import Sequence

WIDTH, HEIGHT = 620, 320  # px of a drawn area, about: a wider one has more room, a phone asks for the hover text
LETTER, LINE = 6.5, 15  # px of a letter and of a line of names
RIGHT = 0.75  # of the width: names of points further right stand to the left, where nothing cuts them off


def label_places(x: Sequence[float], spans: tuple[float, float]) -> list[str]:
    """Return where each name stands; `spans` are the widths of both axes, in their units, the first from 0."""
    return ["top left" if at > RIGHT * spans[0] else "top center" for at in x]


def free_labels(
    x: Sequence[float], y: Sequence[float], names: Sequence[str], spans: tuple[float, float], order: Sequence[int]
) -> list[str]:
    """Return the names, empty where one would cover another that comes before it in `order`."""
    shown = [""] * len(names)
    taken: list[tuple[float, float, float, float]] = []
    for at in order:
        box = _box(x[at], y[at], names[at], spans)
        if not any(_meet(box, other) for other in taken):
            shown[at] = names[at]
            taken.append(box)
    return shown


def _box(x: float, y: float, name: str, spans: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a name in px."""
    wide = LETTER * len(name)
    right = WIDTH * x / max(spans[0], 1e-12) + (0.0 if x > RIGHT * spans[0] else wide / 2)
    bottom = HEIGHT * y / max(spans[1], 1e-12)
    return right - wide, right, bottom, bottom + LINE


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
