"""Several models on the folds of one series: a leaderboard, and how sure its first place is."""

from compute.forecast.backtest.request import BacktestRequest
from compute.forecast.backtest.result import BacktestResult, Comparison, FoldForecast, LeaderboardRow, Winner

__all__ = ["BacktestRequest", "BacktestResult", "Comparison", "FoldForecast", "LeaderboardRow", "Winner"]
