"""Portfolios as tables: every number of the result once, in rows of equal length."""

import numpy as np

from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.risk.request import RiskRequest
from compute.portfolio.risk.run import measure_risk
from services.portfolio_tables import risk_rows

VALUES = Values(("oak", "elm"), np.random.default_rng(2).normal(0.001, 0.01, (300, 2)), kind="returns")


def test_a_table_of_risk_holds_every_figure_and_contribution() -> None:
    request = RiskRequest.model_validate({"assets": {"dataset": "any"}, "shocks": [{"moves": {"oak": -0.1}}]})
    result = measure_risk(request, VALUES, ignore_progress)
    header, *rows = risk_rows(result)
    found = {(row[0], row[1]): row[2] for row in rows}
    assert len(found) == len(rows)
    assert {len(row) for row in rows} == {len(header)}
    assert found["volatility", "portfolio"] == result.volatility
    assert found["var", "historical"] == result.var["historical"]
    assert found["shock", "shock"] == result.shocks[0].portfolio_return
    assert found["risk_contribution", "elm"] == result.contributions[1].percent
