"""Whether the dataset that a portfolio names has the history of what it holds."""

from compute.portfolio.naming import check_names
from services.assets import check_assets
from services.datasets.store import DatasetStore
from services.saved_portfolios.records import NewPortfolio


def check_history(new: NewPortfolio, datasets: DatasetStore) -> None:
    """Raise RequestError at the field to change where a dataset is given that does not hold every asset."""
    if new.assets is None:
        return
    names = check_assets(new.assets, datasets)
    for at, each in enumerate(new.positions):
        check_names([each.asset], names, ("positions", at, "asset"))
