"""Risk by factor: parts sum to the whole, exposures are those of a regression, and made-up truths are found."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.risk.factors import OWN, factor_contributions, principal_components, regress
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.result import RiskResult
from compute.portfolio.risk.run import measure_risk
from compute.schema import RequestError

NAMES = ("oak", "elm", "fir", "market", "oil")
RANDOM = np.random.default_rng(4)
FACTORS = RANDOM.normal(0.0003, [0.01, 0.015], (500, 2))
BETAS = np.array([[1.0, 0.0], [0.5, 0.4], [1.5, -0.3]])
TABLE = np.hstack([FACTORS @ BETAS.T + 0.004 * RANDOM.normal(size=(500, 3)), FACTORS])
COLUMNS = {"kind": "columns", "names": ["market", "oil"]}


def measure(**asked: Any) -> RiskResult:
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "n_simulations": 1000, **asked})
    return measure_risk(request, Values(NAMES, TABLE, kind="returns"), ignore_progress)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_parts_of_factors_sum_to_the_whole(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(40, count)) * 0.01
    earned = factors @ rng.normal(size=count) + 0.01 * rng.normal(size=40)
    names = tuple(f"f{i}" for i in range(count))
    parts, _ = factor_contributions(earned, factors, names, 0.9, 252)
    assert sum(part.percent for part in parts) == pytest.approx(1)
    assert sum(part.cvar_percent for part in parts) == pytest.approx(1)
    assert sum(part.component for part in parts) == pytest.approx(earned.std(ddof=1) * np.sqrt(252))
    assert parts[-1].name == OWN
    assert parts[-1].exposure is None


def test_exposures_and_their_errors_are_those_of_least_squares() -> None:
    earned = TABLE[:, 0] + TABLE[:, 1]
    reference = sm.OLS(earned, sm.add_constant(FACTORS)).fit()
    found = regress(earned, FACTORS)
    np.testing.assert_allclose(found.exposures, reference.params[1:], rtol=1e-9)
    np.testing.assert_allclose(found.errors, reference.bse[1:], rtol=1e-9)
    assert found.r_squared == pytest.approx(reference.rsquared)


def test_known_exposures_are_found_and_factors_are_not_held_without_weights() -> None:
    result = measure(factors=COLUMNS)
    assert result.weights["market"] == 0
    assert result.weights["oak"] == pytest.approx(1 / 3)
    for part, truth in zip(result.factor_contributions, BETAS.mean(axis=0), strict=False):
        assert part.exposure is not None
        assert part.exposure_error is not None
        assert abs(part.exposure - truth) < 4 * part.exposure_error
    assert result.factor_r_squared is not None
    assert result.factor_r_squared > 0.9


def test_components_explain_independently_and_altogether_everything() -> None:
    result = measure(factors={"kind": "components", "count": 50})
    assert len(result.factor_contributions) == len(NAMES) + 1
    assert result.factor_contributions[-1].percent == pytest.approx(0, abs=1e-9)
    assert result.factor_r_squared == pytest.approx(1)
    loadings = result.factor_contributions[0].loadings
    assert loadings is not None
    assert sum(value**2 for value in loadings.values()) == pytest.approx(1)
    series, vectors, shares = principal_components(TABLE, 5)
    assert np.cov(series.T) == pytest.approx(np.diag(np.diag(np.cov(series.T))), abs=1e-12)
    assert shares.sum() == pytest.approx(1)
    assert (vectors.sum(axis=0) >= 0).all()


def test_factors_that_repeat_each_other_are_told() -> None:
    names = (*NAMES[:4], "twin")
    request = RiskRequest.model_validate(
        {"assets": {"dataset": "any"}, "factors": {"kind": "columns", "names": ["market", "twin"]}}
    )
    table = np.column_stack([TABLE[:, :4], 2 * TABLE[:, 3]])
    result = measure_risk(request, Values(names, table, kind="returns"), ignore_progress)
    assert any("repeat" in note for note in result.notes)
    assert all(np.isfinite(part.percent) for part in result.factor_contributions)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["gold"], "no asset 'gold'"),
        ([], "no column is named"),
        (["oil", "oil"], "twice"),
        (list(NAMES), "nothing is held"),
    ],
)
def test_factors_that_cannot_explain_are_refused(names: list[str], said: str) -> None:
    with pytest.raises(RequestError) as caught:
        measure(factors={"kind": "columns", "names": names})
    assert caught.value.problems[0].loc == ("factors", "names")
    assert said in caught.value.problems[0].msg
