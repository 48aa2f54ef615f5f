"""Portfolios that are kept under a name: what they hold, what they are worth, and the table they are kept in."""

from services.saved_portfolios.records import Figures, NewPortfolio, Position, SavedPortfolio, parse_portfolio
from services.saved_portfolios.store import PortfolioStore

__all__ = ["Figures", "NewPortfolio", "PortfolioStore", "Position", "SavedPortfolio", "parse_portfolio"]
