"""What is in one series: how uncertain a value is, and how much of the next its own past tells.

Active information storage is the mutual information of the next value with a history (Lizier, Prokopenko and Zomaya
2012). It grows with the history; the best is the shortest that is within one standard error of the largest.
"""

import numpy as np
from numpy.typing import NDArray

from compute.information.answer import common_fields, draw_scatter
from compute.information.asking import Asker, make_asker
from compute.information.counted import Counted
from compute.information.design import Design, History
from compute.information.embedding import Compared, choose_by_false_neighbours, choose_by_prediction, choose_delay
from compute.information.normalisation import NATS
from compute.information.pair import Links, Question
from compute.information.preparation import Placed, prepare
from compute.information.request import InformationStorageRequest
from compute.information.result import EmbeddingChoice, InformationStorageResult, LagEstimate
from compute.information.scan import adjust_all, describe_one
from compute.information.setting import Setting
from compute.schema import RequestError
from compute.series import Series

Array = NDArray[np.float64]

FIELD = "max_history"  # blamed where too few values are left to compare histories


def measure_storage(request: InformationStorageRequest, series: Series, setting: Setting) -> InformationStorageResult:
    """Return the entropy of a series and what its past tells; RequestError where it cannot be told."""
    began = setting.clock()
    setting.report(0.0, "Preparing the series")
    prepared = prepare([Placed(series, ("series",))], differencing=request.differencing)
    values = prepared.values[0]
    by_delay = choose_delay(values, request.max_delay, FIELD)
    delay = request.delay or by_delay.history.delay
    counted = Counted(setting.report, request.max_history * (request.n_permutations + 1), "Active information storage")
    asker = make_asker(request, prepared, counted, 1 + request.max_history, 1, setting)
    found, links, design = _scan_histories(asker, request.max_history, delay)
    best = _best(found)
    how = asker.how(design, links, setting.clock() - began)
    setting.report(1.0, "Done")
    return InformationStorageResult(
        **common_fields(request, prepared, how, more=asker.doubts(design)),
        name=prepared.names[0],
        entropy=_entropy(asker, design),
        value=found[best].value,
        standard_error=found[best].standard_error,
        best_history=found[best].lag,
        p_value=found[best].p_value,
        delay=delay,
        by_history=found,
        embeddings=_embeddings(values, request.max_history, delay, by_delay),
        scatter=draw_scatter(prepared, 0, 0, 1, design),
    )


def _scan_histories(asker: Asker, longest: int, delay: int) -> tuple[tuple[LagEstimate, ...], Links, Design]:
    """Return what each length tells, all over the same rows."""
    questions = [Question(0, 0, (1,), history=History(length, delay)) for length in range(1, longest + 1)]
    design = asker.design(questions[-1], (FIELD,))
    links = asker.links(questions[0], design)
    telling = asker.telling(links)
    scans = [asker.scan(question, design, links) for question in questions]
    told = [
        describe_one(scan, 0, telling).model_copy(update={"lag": length}) for length, scan in enumerate(scans, start=1)
    ]
    return adjust_all(told), links, design


def _best(found: tuple[LagEstimate, ...]) -> int:
    """Return the place of the shortest history that is within one standard error of the largest value."""
    largest = max(found, key=lambda each: each.value)
    bar = largest.value - (largest.standard_error or 0.0)
    return next(at for at, each in enumerate(found) if each.value >= bar)


def _entropy(asker: Asker, design: Design) -> float:
    """Return the entropy of one value, in the request's unit of information and the series' own unit."""
    estimator = asker.encoded.estimator
    encoded = asker.encoded.series[0]
    rows = design.rows
    nats = estimator.entropy(encoded[rows], design.window(asker.request.theiler))
    if not np.isfinite(nats):
        raise RequestError.at(
            "noise", msg="equal values have no entropy that neighbours could tell; let noise tell them apart, 1e-8 say"
        )
    if not estimator.is_counted:
        spread = float(np.nanstd(asker.prepared.values[0], ddof=1)) * float(asker.prepared.sizes[0])
        nats += float(np.log(spread))
    return nats / NATS[asker.request.units]


def _embeddings(values: Array, longest: int, delay: int, by_delay: Compared) -> tuple[EmbeddingChoice, ...]:
    told = choose_by_prediction(values, longest, delay, FIELD)
    apart = choose_by_false_neighbours(values, longest, delay, FIELD)
    return (
        _choice("First minimum of the mutual information", by_delay, "mutual information in nats, by delay"),
        _choice("Best prediction (Ragwitz)", told, "error of the next value in standard deviations, by history"),
        _choice("No false neighbours (Cao)", apart, "E1, which ends at 1, by history"),
    )


def _choice(method: str, compared: Compared, name: str) -> EmbeddingChoice:
    return EmbeddingChoice(
        method=method,
        history=compared.history.length,
        delay=compared.history.delay,
        candidates=compared.candidates,
        criterion=tuple(compared.criterion.tolist()),
        criterion_name=name,
    )
