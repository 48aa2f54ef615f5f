"""Walks through twenty years: six strategies at once, and six walks beside their known answers.

    python -m benchmarks.walk_forward

20 stocks of skfolio's S&P 500 prices, weights from the 252 days before, renewed every 21 days, 2002-12-20 to
2022-12-28: 240 rebalancings. CPU seconds of one thread, the second of two runs. The known answers have no costs, a
risk-free rate of 0 and no weight above 0.10 but for risk parity; a window in which nothing earns more than 0 holds
minimum variance. They were computed window by window with exact solvers of another kind, and are given to 10 to 12
digits, the turnover to 8 or 9 places.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import time
from typing import Any

from benchmarks.portfolio import real_returns
from compute.job import ignore_progress
from compute.portfolio.assets import Values
from compute.portfolio.backtest.request import PortfolioBacktestRequest
from compute.portfolio.backtest.result import PortfolioBacktestResult
from compute.portfolio.backtest.run import backtest_portfolio

DAYS = 252 + 5040
SIX = ("min_variance", "max_sharpe", "risk_parity", "hrp", "inverse_volatility", "equal_weight")
KNOWN = {  # annual Sharpe ratio, final wealth of 1, maximum drawdown, turnover per rebalancing
    ("min_variance", "reset"): (0.830987032493, 10.5459867939, 0.4274340322, None),
    ("min_variance", "drifting"): (0.834154103129, 10.5413376468, 0.4303885449, 0.12880654),
    ("max_sharpe", "reset"): (0.867680545230, 16.405776570, 0.4334111848, None),
    ("max_sharpe", "drifting"): (0.860951761807, 15.8180843936, 0.4387826026, 0.30398748),
    ("risk_parity", "reset"): (0.834390623408, 13.2721814535, 0.4472478735, None),
    ("risk_parity", "drifting"): (0.836561183927, 13.2361538829, 0.4559708531, 0.056516333),
}


def main() -> None:
    table = real_returns()[-DAYS:]
    values = Values(tuple(f"stock {i}" for i in range(1, table.shape[1] + 1)), table, kind="returns")
    print("| strategy | between rebalancings | CPU s | Sharpe, wealth and drawdown, relatively off | turnover off |")
    print("|---|---|---|---|---|")
    for (kind, holding), known in KNOWN.items():
        free = {"costs_bps": 0, "risk_free_rate": 0, "initial_capital": 1}
        cap = 1.0 if kind == "risk_parity" else 0.1
        result, seconds = timed(
            values, strategy={"kind": kind}, holding=holding, constraints={"max_weight": cap}, **free
        )
        made = (result.sharpe, result.final_value, result.max_drawdown, result.average_turnover)
        off = max(abs(a / b - 1) for a, b in zip(made[:3], known[:3], strict=True))
        moved = "" if known[3] is None else f"{abs(made[3] - known[3]):.0e}"
        print(f"| {kind} | {holding} | {seconds:.3f} | {off:.0e} | {moved} |")
    first, *others = ({"kind": kind} for kind in SIX)
    _, seconds = timed(values, strategy=first, compare=others, constraints={"max_weight": 0.1})
    print(f"\nAll of {', '.join(SIX)}, with drift and costs of 10 bps: {seconds:.2f} s of CPU.")


def timed(values: Values, **asked: Any) -> tuple[PortfolioBacktestResult, float]:
    """Return the answer, and the CPU seconds of the second of two runs."""
    request = PortfolioBacktestRequest.model_validate({"assets": {"dataset": "stocks"}, **asked})
    backtest_portfolio(request, values, ignore_progress)
    start = time.process_time()
    result = backtest_portfolio(request, values, ignore_progress)
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
