"""Mutual information of two series at each lag, beyond what conditions tell."""

from collections.abc import Sequence

from compute.information.answer import answer_pair
from compute.information.asking import make_asker
from compute.information.counted import Counted
from compute.information.pair import Known, Question
from compute.information.preparation import Placed, prepare
from compute.information.request import MutualInformationRequest
from compute.information.result import MutualInformationResult
from compute.information.setting import Setting
from compute.series import Series


def measure_mutual_information(
    request: MutualInformationRequest, x: Series, y: Series, conditions: Sequence[Series], setting: Setting
) -> MutualInformationResult:
    """Return the mutual information of `x`, at each lag, with `y`; RequestError where it cannot be told."""
    began = setting.clock()
    setting.report(0.0, "Preparing the series")
    placed = [Placed(x, ("x",)), Placed(y, ("y",))]
    placed += [Placed(series, ("conditions", at)) for at, series in enumerate(conditions)]
    prepared = prepare(placed, differencing=request.differencing)
    lags = request.lags.every
    question = Question(0, 1, lags, tuple(Known(2 + at, (0,)) for at in range(len(conditions))))
    counted = Counted(setting.report, len(lags) * (request.n_permutations + 1), "Mutual information")
    asker = make_asker(request, prepared, counted, len(placed), max(map(abs, lags)), setting)
    return MutualInformationResult(
        **answer_pair(asker, question, setting, began), x=prepared.names[0], y=prepared.names[1]
    )
