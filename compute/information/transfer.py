"""Transfer entropy of one pair over lags: what a source's past tells of a target beyond its own (Schreiber 2000).

At lag L the source's latest value is L steps before the target's, the target's own past the step before (Wibral et al.
2013), and conditions count with their value one step before.
"""

from collections.abc import Sequence

from compute.information.answer import answer_pair
from compute.information.asking import make_asker
from compute.information.counted import Counted
from compute.information.design import History
from compute.information.embedding import choose_history
from compute.information.pair import Known, Question
from compute.information.preparation import Placed, prepare
from compute.information.request import TransferEntropyRequest
from compute.information.result import TransferEntropyResult
from compute.information.setting import Setting
from compute.series import Series


def measure_transfer_entropy(
    request: TransferEntropyRequest,
    source: Series,
    target: Series,
    conditions: Sequence[Series],
    setting: Setting,
) -> TransferEntropyResult:
    """Return the transfer entropy from `source` to `target` at each lag; RequestError where it cannot be told."""
    began = setting.clock()
    setting.report(0.0, "Preparing the series")
    placed = [Placed(source, ("source",)), Placed(target, ("target",))]
    placed += [Placed(series, ("conditions", at)) for at, series in enumerate(conditions)]
    prepared = prepare(placed, differencing=request.differencing)
    lags = request.lags.every
    counted = Counted(setting.report, len(lags) * (request.n_permutations + 1), "Transfer entropy")
    own_values = request.source_history + request.target_history
    asker = make_asker(request, prepared, counted, 1 + own_values + len(conditions), lags[-1], setting)
    own = choose_history(request, asker.encoded.raw[1])
    question = transfer_question(request, 0, 1, own, tuple(range(2, len(placed))))
    return TransferEntropyResult(
        **answer_pair(asker, question, setting, began),
        source=prepared.names[0],
        target=prepared.names[1],
        source_history=request.source_history,
        target_history=own.length,
        delay=own.delay,
    )


def transfer_question(
    request: TransferEntropyRequest, source: int, target: int, own: History, conditions: Sequence[int]
) -> Question:
    """Return the question whether one series drives another, beyond the target's `own` past and the conditions'."""
    known = (Known(target, own.steps_back(1)), *(Known(series, (1,)) for series in conditions))
    return Question(source, target, request.lags.every, known, History(request.source_history, request.delay))
