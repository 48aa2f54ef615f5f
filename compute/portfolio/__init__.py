"""Portfolios: returns, estimates, exact optima with certificates, frontiers, risk and backtests."""
