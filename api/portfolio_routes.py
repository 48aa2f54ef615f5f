"""Saved portfolios: keeping one, the list, one of them, deleting it. Finding the best weights is a task."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from werkzeug.wrappers import Response

from api.answers import success
from api.dispatch import validate
from api.errors import ProblemError
from api.operations import BASE, JSON, Answer, Body, Operation
from compute.schema import Record
from services.saved_portfolios import NewPortfolio, SavedPortfolio
from services.saved_portfolios.history import check_history
from services.workspace import Workspace

TAG = "Saved portfolios"
ALL = f"{BASE}/finance/portfolios"
EXAMPLE = {
    "name": "Balanced",
    "positions": [{"asset": "Stocks", "weight": 0.6}, {"asset": "Bonds", "weight": 0.4}],
    "value": 100_000,
}


class PortfolioList(Record):
    """Saved portfolios, newest first."""

    portfolios: tuple[SavedPortfolio, ...]


def portfolio_operations(workspace: Workspace) -> Sequence[Operation]:
    """Return what can be done with saved portfolios."""
    one = f"{ALL}/{{portfolio_id}}"
    return (
        Operation(
            name="save_portfolio",
            method="POST",
            path=ALL,
            summary="Save a portfolio under a name",
            description="Positions by weight with the value of the whole, or by units and prices. A name that is taken "
            "is refused.",
            handle=partial(_save, workspace),
            tag=TAG,
            body=Body(JSON, NewPortfolio, EXAMPLE, max_bytes=2**20),
            answers=(Answer(201, "The portfolio.", SavedPortfolio, headers={"Location": "Where it is."}),),
            problems=("too-large", "media-type", "invalid"),
        ),
        Operation(
            name="list_portfolios",
            method="GET",
            path=ALL,
            summary="List saved portfolios",
            handle=partial(_list, workspace),
            tag=TAG,
            answers=(Answer(200, "Portfolios.", PortfolioList),),
        ),
        Operation(
            name="get_portfolio",
            method="GET",
            path=one,
            summary="Look at a saved portfolio",
            handle=partial(_get, workspace),
            tag=TAG,
            answers=(Answer(200, "The portfolio.", SavedPortfolio),),
        ),
        Operation(
            name="delete_portfolio",
            method="DELETE",
            path=one,
            summary="Delete a saved portfolio",
            handle=partial(_delete, workspace),
            tag=TAG,
            answers=(Answer(204, "It is gone.", media_type=None),),
        ),
    )


def _save(workspace: Workspace, body: dict[str, Any]) -> Response:
    new = validate(NewPortfolio, body)
    check_history(new, workspace.datasets)
    kept = workspace.portfolios.add(new)
    return success(kept, status=201, headers={"Location": f"{ALL}/{kept.id}"})


def _list(workspace: Workspace) -> Response:
    return success(PortfolioList(portfolios=workspace.portfolios.page()))


def _get(workspace: Workspace, portfolio_id: str) -> Response:
    kept = workspace.portfolios.get(portfolio_id)
    if kept is None:
        raise _unknown(portfolio_id)
    return success(kept)


def _delete(workspace: Workspace, portfolio_id: str) -> Response:
    if not workspace.portfolios.delete(portfolio_id):
        raise _unknown(portfolio_id)
    return Response(status=204)


def _unknown(portfolio_id: str) -> ProblemError:
    detail = f"there is no saved portfolio {portfolio_id[:80]!r}; {ALL} lists those there are"
    return ProblemError("not-found", detail)
