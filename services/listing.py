"""What is stored, a line each, for lists in a terminal."""

from collections.abc import Callable, Iterator, Mapping

from services.workspace import Workspace


def listed(workspace: Workspace, store: str) -> Iterator[str]:
    """Yield a line for each of what is in the store of that name, the newest first."""
    return _LISTS[store](workspace)


def _datasets(workspace: Workspace) -> Iterator[str]:
    for info in workspace.datasets.page():
        columns = ", ".join(column.name for column in info.columns if column.kind == "number")
        yield f"{info.id:34}  {info.rows:>9} rows  {info.frequency or '-':6}  {info.name}: {columns}"


def _portfolios(workspace: Workspace) -> Iterator[str]:
    for each in workspace.portfolios.page():
        yield f"{each.id}  {each.created_at:%Y-%m-%d}  {each.value:>15.2f}  {len(each.positions):>5}  {each.name}"


def _maps(workspace: Workspace) -> Iterator[str]:
    for each in workspace.maps.page():
        size = f"{each.width:g} x {each.height:g} m"
        yield f"{each.id:32}  {each.kind:7}  {size:>20}  {each.obstacles:>5}  {each.name} ({each.source})"


_LISTS: Mapping[str, Callable[[Workspace], Iterator[str]]] = {
    "datasets": _datasets,
    "portfolios": _portfolios,
    "maps": _maps,
}
