"""Every pair of several series: which drives which, at which lag, and how sure that is."""

from collections.abc import Sequence

import numpy as np

from compute.information.answer import common_fields
from compute.information.asking import Asker, Clock, is_same_rows, make_asker
from compute.information.counted import Counted
from compute.information.design import Design
from compute.information.embedding import choose_history
from compute.information.pair import Links, Question
from compute.information.preparation import Placed, prepare
from compute.information.request import TransferEntropyRequest
from compute.information.result import LagEstimate, Matrix, Table, TransferEntropyResult
from compute.information.scan import LagScan, describe_one
from compute.information.significance import adjust
from compute.information.transfer import transfer_question
from compute.job import Report
from compute.series import Series

SURE = 0.05


def measure_all_pairs(
    request: TransferEntropyRequest,
    series: Sequence[Placed],
    conditions: Sequence[Series],
    report: Report,
    clock: Clock,
) -> TransferEntropyResult:
    """Return the transfer entropy between every two of `series`; RequestError where it cannot be told."""
    began = clock()
    report(0.0, "Preparing the series")
    placed = [*series, *(Placed(each, ("conditions", at)) for at, each in enumerate(conditions))]
    prepared = prepare(placed, differencing=request.differencing)
    m = len(series)
    estimates = m * (m - 1) * len(request.lags.every) * (request.n_permutations + 1)
    asker = make_asker(request, prepared, Counted(report, estimates, "Transfer entropy"))
    scans, histories, design = _scan_pairs(asker, request, m)
    matrix = _tabulate(asker, scans, prepared.names[:m])
    how = asker.how(design, next(iter(scans.values())).method, clock() - began)
    report(1.0, "Done")
    return TransferEntropyResult(
        **common_fields(request, prepared, how, more=_doubts(m * (m - 1), request.n_permutations)),
        conditions=prepared.names[m:],
        source_history=request.source_history,
        target_history=histories.pop()[0] if len(histories) == 1 else None,
        delay=request.delay,
        matrix=matrix,
    )


Scans = dict[tuple[int, int], LagScan]


def _scan_pairs(asker: Asker, request: TransferEntropyRequest, m: int) -> tuple[Scans, set[tuple[int, int]], Design]:
    """Return the scan of each pair, the targets' histories, and the design with the fewest rows."""
    scans: Scans = {}
    histories = set()
    smallest: Design | None = None
    conditions = tuple(range(m, len(asker.prepared.values)))
    for target in range(m):
        own = choose_history(request, asker.encoded.series[target])
        histories.add((own.length, own.delay))
        before: tuple[Question, Design, Links] | None = None
        for source in (at for at in range(m) if at != target):
            others = tuple(at for at in range(m) if at not in (source, target)) if request.condition_on_others else ()
            question = transfer_question(request, source, target, own, (*others, *conditions))
            design = asker.design(question)
            if before is None or question.known != before[0].known or not is_same_rows(design, before[1]):
                before = (question, design, asker.links(question, design))
            scans[source, target] = asker.scan(question, design, before[2])
            if smallest is None or design.rows.size < smallest.rows.size:
                smallest = design
    assert smallest is not None, "there are two series at least"
    return scans, histories, smallest


def _tabulate(asker: Asker, scans: Scans, names: tuple[str, ...]) -> Matrix:
    best = {pair: describe_one(scan, scan.best, asker.telling) for pair, scan in scans.items()}
    p_values = {pair: scan.p_value for pair, scan in scans.items() if scan.p_value is not None}
    adjusted = dict(zip(p_values, adjust(np.array(list(p_values.values()))).tolist(), strict=True))

    def table(name: str) -> Table:
        return _table(len(names), {pair: getattr(found, name) for pair, found in best.items()})

    return Matrix(
        names=names,
        values=table("value"),
        effective=table("effective"),
        normalised=table("normalised"),
        lags=tuple(tuple(None if lag is None else int(lag) for lag in row) for row in table("lag")),
        z_scores=table("z_score"),
        p_values=_table(len(names), p_values),
        adjusted_p=_table(len(names), adjusted),
        net=_net(len(names), best),
    )


def _table(m: int, cells: dict[tuple[int, int], float | None] | dict[tuple[int, int], float]) -> Table:
    return tuple(tuple(cells.get((row, column)) for column in range(m)) for row in range(m))


def _net(m: int, best: dict[tuple[int, int], LagEstimate]) -> tuple[float, ...]:
    """Return what each series sends less what it receives; without surrogates of the values as they are."""
    net = np.zeros(m)
    for (source, target), found in best.items():
        flow = max(found.value if found.effective is None else found.effective, 0.0)
        net[source] += flow
        net[target] -= flow
    return tuple(net.tolist())


def _doubts(pairs: int, surrogates: int) -> list[str]:
    """Return the warning that even the surest of all pairs could not be significant, where that is so."""
    if not surrogates or pairs / (surrogates + 1) <= SURE:
        return []
    return [
        f"With {surrogates} surrogates a single link among {pairs} pairs cannot reach an adjusted p value below "
        f"{SURE:g}, however strong; {int(np.ceil(pairs / SURE)) - 1:,} surrogates can show it."
    ]
