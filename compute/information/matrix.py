"""Every pair of several series: which drives which, at which lag, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from compute.information.answer import common_fields
from compute.information.asking import Asker, is_same_rows, make_asker
from compute.information.counted import Counted
from compute.information.design import Design, History
from compute.information.embedding import choose_history
from compute.information.pair import Links, Question
from compute.information.preparation import Placed, prepare
from compute.information.request import TransferEntropyRequest
from compute.information.result import LagEstimate, Matrix, Table, TransferEntropyResult
from compute.information.scan import describe_one
from compute.information.setting import Setting
from compute.information.significance import adjust
from compute.information.transfer import transfer_question
from compute.series import Series

SURE = 0.05


def measure_all_pairs(
    request: TransferEntropyRequest,
    series: Sequence[Placed],
    conditions: Sequence[Series],
    setting: Setting,
) -> TransferEntropyResult:
    """Return the transfer entropy between every two of `series`; RequestError where it cannot be told."""
    began = setting.clock()
    setting.report(0.0, "Preparing the series")
    placed = [*series, *(Placed(each, ("conditions", at)) for at, each in enumerate(conditions))]
    prepared = prepare(placed, differencing=request.differencing)
    m = len(series)
    estimates = m * (m - 1) * len(request.lags.every) * (request.n_permutations + 1)
    known = request.target_history + len(conditions) + (m - 2 if request.condition_on_others else 0)
    counted = Counted(setting.report, estimates, "Transfer entropy")
    asker = make_asker(request, prepared, counted, 1 + request.source_history + known, request.lags.last, setting)
    pairs, histories, design = _scan_pairs(asker, request, m)
    how = asker.how(design, pairs[0, 1].links, setting.clock() - began)
    setting.report(1.0, "Done")
    return TransferEntropyResult(
        **common_fields(request, prepared, how, more=_doubts(asker, design, m)),
        conditions=prepared.names[m:],
        source_history=request.source_history,
        target_history=next(iter(histories)).length if len(histories) == 1 else None,
        delay=next(iter(histories)).delay if len(histories) == 1 else None,
        matrix=_tabulate(pairs, prepared.names[:m]),
    )


@dataclass(frozen=True)
class _Scanned:
    """One pair: what is told of its best lag, its p value among all lags, and how it was found."""

    best: LagEstimate
    p_value: float | None
    links: Links


Pairs = dict[tuple[int, int], _Scanned]
"""By source and target."""


def _scan_pairs(asker: Asker, request: TransferEntropyRequest, m: int) -> tuple[Pairs, set[History], Design]:
    """Return each pair scanned, the targets' histories, and the design with the fewest rows."""
    pairs: Pairs = {}
    histories = set()
    designs = []
    conditions = tuple(range(m, len(asker.prepared.values)))
    for target in range(m):
        own = choose_history(request, asker.encoded.raw[target])
        histories.add(own)
        before: tuple[Question, Design, Links] | None = None
        for source in (at for at in range(m) if at != target):
            others = tuple(at for at in range(m) if at not in (source, target)) if request.condition_on_others else ()
            question = transfer_question(request, source, target, own, (*others, *conditions))
            design = asker.design(question)
            if before is None or question.known != before[0].known or not is_same_rows(design, before[1]):
                before = (question, design, asker.links(question, design))
            scan = asker.scan(question, design, before[2])
            pairs[source, target] = _Scanned(
                describe_one(scan, scan.best, asker.telling(before[2])), scan.p_value, before[2]
            )
            designs.append(design)
    return pairs, histories, min(designs, key=lambda design: design.rows.size)


def _tabulate(pairs: Pairs, names: tuple[str, ...]) -> Matrix:
    m = len(names)
    p_values = {pair: found.p_value for pair, found in pairs.items() if found.p_value is not None}
    adjusted = dict(zip(p_values, adjust(np.array(list(p_values.values()))).tolist(), strict=True))

    def table(name: str) -> Table:
        return _table(m, {pair: getattr(found.best, name) for pair, found in pairs.items()})

    return Matrix(
        names=names,
        values=table("value"),
        effective=table("effective"),
        normalised=table("normalised"),
        lags=tuple(tuple(None if lag is None else int(lag) for lag in row) for row in table("lag")),
        z_scores=table("z_score"),
        p_values=_table(m, p_values),
        adjusted_p=_table(m, adjusted),
        net=_net(m, pairs),
    )


def _table(m: int, cells: Mapping[tuple[int, int], float | None]) -> Table:
    return tuple(tuple(cells.get((row, column)) for column in range(m)) for row in range(m))


def _net(m: int, pairs: Pairs) -> tuple[float, ...]:
    """Return what each series sends less what it receives; without surrogates of the values as they are."""
    net = np.zeros(m)
    for (source, target), found in pairs.items():
        best = found.best
        flow = max(best.value if best.effective is None else best.effective, 0.0)
        net[source] += flow
        net[target] -= flow
    return tuple(net.tolist())


def _doubts(asker: Asker, design: Design, m: int) -> list[str]:
    """Return warnings, also where even the surest of all pairs could not be significant."""
    pairs, surrogates = m * (m - 1), asker.request.n_permutations
    doubts = asker.doubts(design)
    if surrogates and pairs / (surrogates + 1) > SURE:
        doubts.append(
            f"With {surrogates} surrogates a single link among {pairs} pairs cannot reach an adjusted p value below "
            f"{SURE:g}, however strong; {int(np.ceil(pairs / SURE)) - 1:,} surrogates can show it."
        )
    return doubts
