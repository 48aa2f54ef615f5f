"""Risk drawn and told: the figures of the result, the returns that its VaR was read from, curves that fit a screen."""

import numpy as np
import pytest

from components.figures.decimate import MAX_POINTS
from components.figures.risk import (
    MAX_BARS,
    falls_chart,
    horizon_returns,
    returns_chart,
    shares_chart,
    shocks_chart,
)
from components.figures.rolling import rolling_chart
from components.figures.time_axis import axis_times
from components.risk_tables import (
    benchmark_facts,
    contributions_table,
    falls_table,
    main_tail,
    money,
    moves_table,
    performance_facts,
    risk_sentence,
    shocks_table,
    stretches_table,
    tail_reasons,
    tails_table,
    together_table,
)
from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import RiskResult
from compute.portfolio.risk.run import measure_risk
from tests.components.finding import text_of
from tests.compute.portfolio.markets import NAMES, returns

FULL = {
    "weights": {"ash": 0.5, "fir": 0.3, "oak": 0.2},
    "benchmark": "elm",
    "groups": [{"name": "Conifers", "assets": ["fir", "cedar"]}],
    "shocks": [{"name": "Storm", "moves": {"oak": -0.2}}, {"name": "Storm", "moves": {"fir": -0.1}, "spreads": False}],
}


def measured(periods: int = 400, **fields: object) -> RiskResult:
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "n_simulations": 1000, **fields})
    return measure_risk(request, Values(NAMES, returns(periods), kind="returns"), ignore_progress)


RESULT = measured(**FULL)


def test_the_sentence_says_the_loss_in_percent_and_in_money() -> None:
    tail = main_tail(RESULT)
    assert tail is not None
    assert tail.method == "historical"
    assert tail.var is not None
    assert tail.cvar_amount is not None
    said = risk_sentence(RESULT, 1)
    assert said.startswith(f"In 95 % of cases one day loses less than {100 * tail.var:.2f} % (")
    assert money(tail.cvar_amount) in said
    assert "the worst 5 %" in said


def test_the_sentence_speaks_of_gains_where_the_quantile_is_one() -> None:
    risen = RESULT.model_copy(
        update={"tails": (RESULT.tails[0].model_copy(update={"var": -0.01, "var_amount": -10_000.0}),)}
    )
    assert "10 days earn more than 1.00 % (10\u202f000)" in risk_sentence(risen, 10)


def test_the_sentence_and_the_list_give_the_reason_where_no_method_has_an_answer() -> None:
    short = measured(periods=30, horizon_days=20, methods=["historical"])
    assert main_tail(short) is None
    assert "shorten the horizon" in risk_sentence(short, 20)
    assert "shorten the horizon" in text_of(tail_reasons(short))
    assert returns_chart(short, None, 20) is None
    assert tail_reasons(RESULT) is None


@pytest.mark.parametrize("fields", [{}, {"horizon_days": 5}])
def test_the_histogram_is_of_the_returns_that_the_historical_var_was_read_from(fields: dict[str, int]) -> None:
    result = measured(**fields)
    assert np.quantile(-horizon_returns(result), 0.95) == pytest.approx(result.var["historical"], rel=1e-9)
    assert horizon_returns(result).size == 400 - fields.get("horizon_days", 1) + 1


def test_bars_of_the_histogram_count_every_return_and_those_beyond_the_var_apart() -> None:
    tail = main_tail(RESULT)
    figure = returns_chart(RESULT, tail, 1)
    assert figure is not None
    assert tail is not None
    assert tail.var is not None
    drawn = {trace.name.split(" 0")[0].split(" 1")[0]: trace for trace in figure.data}
    assert sum(drawn["Returns"].y) + sum(drawn["Beyond VaR"].y) == 400
    assert sum(drawn["Beyond VaR"].y) == np.sum(horizon_returns(RESULT) < -tail.var)
    marks = [trace for trace in figure.data if trace.name.startswith(("VaR", "CVaR"))]
    assert len({trace.line.dash for trace in marks}) == 2


def test_what_is_lost_entirely_leaves_no_return_behind() -> None:
    ruined = RESULT.model_copy(update={"wealth": (1.1, 0.0, 0.0)})
    assert horizon_returns(ruined) == pytest.approx([0.1, -1.0])


def test_long_curves_are_thinned_and_the_deepest_fall_stays() -> None:
    long = measured(periods=12_000, benchmark="elm")
    assert long.rolling is not None
    times = axis_times(None, len(long.wealth))
    for figure in (falls_chart(long), rolling_chart(long.rolling, times, "Time (steps)")):
        assert sum(len(trace.x) for trace in figure.data) <= MAX_POINTS + 1
        assert all(len(trace.x) == len(trace.y) for trace in figure.data)
    assert min(falls_chart(long).data[1].y) == pytest.approx(-long.max_drawdown)


def test_weights_stand_beside_shares_of_risk_in_one_order() -> None:
    figure = shares_chart(RESULT.contributions)
    weight, spread, tail = figure.data
    assert list(weight.y) == list(spread.y) == list(tail.y)
    assert len(weight.y) == min(3, MAX_BARS)
    assert sum(spread.x) == pytest.approx(1)
    assert sum(tail.x) == pytest.approx(1)
    assert len({trace.marker.pattern.shape for trace in figure.data}) == 3


def test_two_shocks_of_one_name_are_two_bars() -> None:
    figure = shocks_chart(RESULT)
    assert len(set(figure.data[0].y)) == 2
    assert list(figure.layout.yaxis.ticktext) == ["Storm", "Storm"]


def test_tables_hold_what_the_result_says() -> None:
    tails = text_of(tails_table(RESULT, measured()))
    assert all(name in tails for name in ("Historical", "Normal", "Cornish-Fisher", "Monte Carlo", "Other VaR"))
    assert money(RESULT.tails[0].var_amount) in tails
    assert all(name in text_of(contributions_table(RESULT, RESULT.contributions, "Asset")) for name in FULL["weights"])
    assert "in no group" in text_of(contributions_table(RESULT, RESULT.group_contributions, "Group"))
    assert "-20.00 %" in text_of(moves_table(RESULT))
    assert money(RESULT.shocks[0].amount) in text_of(shocks_table(RESULT))
    assert f"{100 * RESULT.max_drawdown:.2f} %" in text_of(falls_table(RESULT))
    assert money(RESULT.worst_windows[0].amount) in text_of(stretches_table(RESULT))
    assert f"{100 * RESULT.correlation_stress[-1].volatility:.2f} %" in text_of(together_table(RESULT))


def test_figures_carry_their_definitions_and_a_benchmark_only_where_there_is_one() -> None:
    assert f"{100 * RESULT.volatility:.2f} %" in text_of(performance_facts(RESULT))
    assert "Covariance with the benchmark" in text_of(benchmark_facts(RESULT))
    assert benchmark_facts(measured()) is None


@pytest.mark.parametrize(("amount", "said"), [(None, "–"), (12.345, "12.35"), (-1234567.8, "-1\u202f234\u202f568")])
def test_money_has_cents_only_where_they_matter(amount: float | None, said: str) -> None:
    assert money(amount) == said
