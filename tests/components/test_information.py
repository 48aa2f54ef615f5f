"""Information between series in words, tables and charts: nothing is said that was not found."""

import pytest

from components import information_tables as tables
from components import information_words as words
from components.figures import information as charts
from components.figures import information_network as networks
from compute.information.result import Matrix, TransferEntropyResult
from tests.components.finding import text_of, with_type
from tests.components.information import mutual, network, transfer


@pytest.fixture(scope="module")
def every_pair() -> TransferEntropyResult:
    return network()


@pytest.fixture(scope="module")
def matrix(every_pair: TransferEntropyResult) -> Matrix:
    assert every_pair.matrix is not None
    return every_pair.matrix


def test_the_answer_names_who_drives_whom_at_which_lag() -> None:
    sentence = words.pair_sentence(transfer())
    assert sentence.startswith("gas drives steam most at lag 3: 0.")
    assert "nats, p = 0.025" in sentence


def test_what_chance_reaches_too_is_not_called_a_drive() -> None:
    sentence = words.pair_sentence(transfer(lags={"first": 6, "last": 9}))
    assert sentence.startswith("Nothing that gas tells of steam stands out from chance")


def test_without_surrogates_that_is_said_instead_of_a_p_value() -> None:
    sentence = words.pair_sentence(transfer(n_permutations=0))
    assert "there were no surrogates" in sentence
    assert "p =" not in sentence


@pytest.mark.parametrize(("lags", "told"), [((1, 5), "where gas leads by 3 steps"), ((0, 0), "at the same step")])
def test_what_two_series_share_is_told_with_who_leads(lags: tuple[int, int], told: str) -> None:
    assert told in words.pair_sentence(mutual(lags={"first": lags[0], "last": lags[1]}))


def test_bits_are_called_bits() -> None:
    result = transfer(units="bits")
    assert "bits" in words.pair_sentence(result)
    assert "in bits" in text_of(tables.lag_table(result))


def test_the_table_has_a_row_per_lag() -> None:
    rows = with_type(tables.lag_table(transfer()), "Tr")
    assert len(rows) == 1 + 5


def test_links_are_told_strongest_first(matrix: Matrix) -> None:
    links = words.links_of(matrix)
    assert len(links) == 6
    assert [link.value for link in links] == sorted((link.value for link in links), reverse=True)
    assert (links[0].source, links[0].target, links[0].lag) == ("gas", "steam", 3)
    assert links[0].is_significant


def test_the_network_is_summed_up_in_a_sentence(every_pair: TransferEntropyResult, matrix: Matrix) -> None:
    sentence = words.matrix_sentence(every_pair, matrix)
    assert sentence.startswith("gas drives steam most, at lag 3")
    assert "of 6 links" in sentence
    assert "gas sends most of all" in sentence
    assert text_of(tables.senders_table(every_pair, matrix)).index("gas") > 0


def test_the_band_of_chance_lies_under_the_measured_line() -> None:
    result = transfer()
    figure = charts.lag_chart(result.by_lag, result.best_lag, "Transfer entropy (nats)")
    names = [trace.name for trace in figure.data]
    assert names.index("By chance, 90 % of surrogates") < names.index("Measured, with standard error")
    assert names[-1] == "Most: lag 3"


def test_without_surrogates_there_is_no_band() -> None:
    result = transfer(n_permutations=0)
    names = [trace.name for trace in charts.lag_chart(result.by_lag, result.best_lag, "x").data]
    assert "By chance, 90 % of surrogates" not in names


def test_points_say_by_how_much_one_comes_before() -> None:
    result = transfer()
    assert result.scatter is not None
    figure = charts.scatter_chart(result.scatter)
    assert figure.layout.xaxis.title.text == "gas, 3 steps before"
    assert figure.layout.yaxis.title.text == "steam"


def test_the_map_has_a_row_per_source_and_stars_what_is_significant(matrix: Matrix) -> None:
    [heat] = networks.matrix_chart(matrix, "nats").data
    assert list(heat.y) == list(matrix.names)
    assert heat.text[0][1].endswith("*")
    assert "gas → steam" in heat.customdata[0][1]
    assert heat.text[0][0] == ""


def test_arrows_run_from_source_to_target_and_thin_out_with_the_threshold(matrix: Matrix) -> None:
    arrows = networks.arrows_of(matrix, "nats")
    assert arrows
    assert all(arrow.value > 0 for arrow in arrows)
    strongest = arrows[0].annotation
    places = networks.circle(3)
    assert (strongest["ax"], strongest["ay"]) == pytest.approx(places[0], abs=0.05)
    assert (strongest["x"], strongest["y"]) == pytest.approx(places[1], abs=0.05)
    assert len(networks.shown_arrows(arrows, arrows[0].value, only_significant=False)) == 1
    significant = networks.shown_arrows(arrows, 0.0, only_significant=True)
    assert all(arrow.is_significant for arrow in significant)
    figure = networks.network_chart(matrix, significant)
    assert len(figure.layout.annotations) == len(significant)


def test_how_it_was_computed_is_told(every_pair: TransferEntropyResult) -> None:
    text = text_of(tables.how_facts(every_pair))
    assert "Gaussian" in text
    assert "199, rotated in time" in text
    assert "steady" in text_of(tables.series_table(every_pair.series))


def test_pairs_that_need_more_surrogates_are_told_how_many(every_pair: TransferEntropyResult) -> None:
    assert words.needed_surrogates(network(n_permutations=39)) == 119
    assert words.needed_surrogates(every_pair) is None
    assert words.needed_surrogates(transfer()) is None


def test_of_hundreds_of_series_the_strongest_links_are_shown() -> None:
    names = tuple(f"s{at}" for at in range(30))
    cells = tuple(tuple(None if i == j else 0.01 + 0.001 * (i + j) for j in range(30)) for i in range(30))
    lags = tuple(tuple(None if i == j else 1 for j in range(30)) for i in range(30))
    parts = dict.fromkeys(("values", "effective", "normalised", "z_scores", "p_values", "adjusted_p"), cells)
    large = Matrix(names=names, lags=lags, net=(0.0,) * 30, **parts)
    arrows = networks.arrows_of(large, "nats")
    assert len(arrows) == networks.MOST_ARROWS
    assert arrows[0].value == max(value for row in cells for value in row if value is not None)
    assert "The 200 strongest of 870 links" in text_of(tables.links_table(network(), large))


def test_as_many_surrogates_as_are_just_enough_are_enough() -> None:
    result = transfer(n_permutations=19)
    assert result.p_value == 0.05
    assert words.pair_sentence(result).startswith("gas drives steam most at lag 3")
    every = network(n_permutations=119)
    assert every.matrix is not None
    assert any(link.is_significant for link in words.links_of(every.matrix))
    assert words.needed_surrogates(every) is None
