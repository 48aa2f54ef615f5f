"""Solvers: arrays in, weights with a certificate out. Workers only: they load scipy, and some HiGHS or Clarabel.

| module | what is public |
|---|---|
| `mean_variance` | `minimum_variance`, `minimum_variance_of_returns`, `utility`, `maximum_return` |
| `targets` | `target_return`, `target_volatility` |
| `sharpe` | `maximum_sharpe`, `maximum_diversification` |
| `critical_line`, `frontier` | `critical_line` -> `Frontier` with its look-ups |
| `risk_parity` | `risk_parity` |
| `hierarchical` | `hierarchical_risk_parity`, `hierarchical_equal_risk` |
| `simple` | `equal_weight`, `inverse_volatility` |
| `cvar`, `cdar` | `minimum_cvar`, `minimum_cdar`, `cvar` |
| `batched`, `batched_sharpe` | `minimum_variance_batch`, `risk_parity_batch`; `maximum_sharpe_batch` |
| `batched_rules` | `hierarchical_risk_parity_batch`, `inverse_volatility_batch`, `equal_weight_batch` |
| `batched_line`, `batched_lookup` | `critical_line_batch` -> `Paths`; `PathLookup` |

All raise `InfeasibleError` or `UndefinedError` of `solution.py` where there is no answer, with the limits in conflict
and the nearest change, and ValueError for arrays that do not fit: a mistake of the caller.
"""
