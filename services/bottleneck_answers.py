"""Rules about answers: line for a thread, slow serialising, long tails, slow pages, errors, worse than last week."""

from collections.abc import Iterator

from services.bottleneck_records import SPARE_CPU, Bottleneck, Evidence
from services.bottleneck_view import View
from services.latency.routes import Route
from services.latency.tally import Tally

NS_PER_MS = 1e6
SOME = 20  # answers
MANY = 100  # answers: fewer have no 99th percentile
SERIALISE_SHARE = 0.4
SERIALISE_MS = 20.0
TAIL_RATIO = 10.0
TAIL_MS = 500.0
THREAD_WAIT_MS = 50.0
PAGE_MS = 1000.0
ERROR_SHARE = 0.01
WORSE_RATIO = 1.5
WORSE_MS = 50.0


def slow_serialising(view: View) -> Iterator[Bottleneck]:
    """Much of the time of a route goes into making bytes."""
    for route, tally in _routes(view, SOME):
        share = tally.serialise.total / max(tally.total.total, 1)
        mean = _ms(tally.serialise.mean())
        if share >= SERIALISE_SHARE and mean >= SERIALISE_MS:
            yield Bottleneck(
                rule="slow_serialising",
                title="Making bytes of the answer takes long",
                subject=_subject(route),
                severity="medium",
                evidence=(
                    Evidence(name="share of the time", value=share, limit=SERIALISE_SHARE),
                    Evidence(name="mean", value=mean, unit="ms", limit=SERIALISE_MS),
                ),
                window_s=view.window_s,
                sample_size=tally.count,
                lost_s=tally.serialise.total / 1e9,
                action="Ask for less (limit, fewer columns or a shorter window), or for CSV where there is a table.",
            )


def long_tail(view: View) -> Iterator[Bottleneck]:
    """A few answers of a route take very much longer than most."""
    for route, tally in _routes(view, MANY):
        p50, p99 = (_ms(value) for value in tally.total.quantiles((0.5, 0.99)))
        if p99 >= TAIL_MS and p99 >= TAIL_RATIO * p50:
            yield Bottleneck(
                rule="long_tail",
                title="A few answers take very much longer than most",
                subject=_subject(route),
                severity="low",
                evidence=(
                    Evidence(name="p99 over p50", value=p99 / max(p50, 1e-6), limit=TAIL_RATIO),
                    Evidence(name="p50", value=p50, unit="ms"),
                    Evidence(name="p99", value=p99, unit="ms", limit=TAIL_MS),
                ),
                window_s=view.window_s,
                sample_size=tally.count,
                action="See on the Latency page when they came and which stage they spent their time in.",
            )


def line_for_a_thread(view: View) -> Iterator[Bottleneck]:
    """Requests that need no worker wait for a thread of the server."""
    waits = Tally()
    for route, tally in view.tallies.items():
        if route.kind in ("callback", "page", "asset"):
            waits.merge(tally)
    p95 = _ms(waits.wait.quantiles((0.95,))[0])
    if waits.count >= MANY and p95 >= THREAD_WAIT_MS:
        yield Bottleneck(
            rule="line_for_a_thread",
            title="Requests stand in line for a thread of the server",
            subject="web server",
            severity="high",
            evidence=(Evidence(name="95th percentile of the wait", value=p95, unit="ms", limit=THREAD_WAIT_MS),),
            window_s=view.window_s,
            sample_size=waits.count,
            lost_s=waits.wait.total / 1e9,
            action=_more_threads(view),
        )


def slow_pages(view: View) -> Iterator[Bottleneck]:
    """A page answers so late that its reader waits."""
    for route, tally in _routes(view, SOME // 2):
        p95 = _ms(tally.total.quantiles((0.95,))[0])
        if route.kind in ("callback", "page") and p95 >= PAGE_MS:
            yield Bottleneck(
                rule="slow_pages",
                title="Readers wait for a page",
                subject=_subject(route),
                severity="medium",
                evidence=(Evidence(name="95th percentile", value=p95, unit="ms", limit=PAGE_MS),),
                window_s=view.window_s,
                sample_size=tally.count,
                lost_s=tally.total.total / 1e9,
                action=_by_stage(tally),
            )


def errors(view: View) -> Iterator[Bottleneck]:
    """A route fails by a fault of the server."""
    for route, tally in _routes(view, SOME):
        share = tally.failed / tally.count
        if share >= ERROR_SHARE and tally.failed > 1:
            yield Bottleneck(
                rule="errors",
                title="Answers fail",
                subject=_subject(route),
                severity="high",
                evidence=(
                    Evidence(name="share with a status of 500 or above", value=share, limit=ERROR_SHARE),
                    Evidence(name="failed", value=tally.failed),
                ),
                window_s=view.window_s,
                sample_size=tally.count,
                action="The server's log has each failure under its request id.",
            )


def worse_than_last_week(view: View) -> Iterator[Bottleneck]:
    """A route is clearly slower than in the week before."""
    for route, tally in _routes(view, MANY // 2):
        before = view.earlier.get(route)
        if before is None or before.count < MANY // 2:
            continue
        p95, then = (_ms(one.total.quantiles((0.95,))[0]) for one in (tally, before))
        if p95 >= WORSE_RATIO * then and p95 - then >= WORSE_MS:
            yield Bottleneck(
                rule="worse_than_last_week",
                title="Slower than in the week before",
                subject=_subject(route),
                severity="medium",
                evidence=(
                    Evidence(name="95th percentile now", value=p95, unit="ms"),
                    Evidence(name="in the week before", value=then, unit="ms"),
                    Evidence(name="ratio", value=p95 / max(then, 1e-6), limit=WORSE_RATIO),
                ),
                window_s=view.window_s,
                sample_size=tally.count,
                lost_s=(tally.total.mean() or 0.0) * tally.count / 1e9 * (1 - then / p95),
                action="Look what has changed since: release, size of requests, load of the machine.",
            )


ANSWER_RULES = (slow_serialising, long_tail, line_for_a_thread, slow_pages, errors, worse_than_last_week)


def _routes(view: View, least: int) -> Iterator[tuple[Route, Tally]]:
    for route, tally in sorted(view.tallies.items()):
        if route.kind in ("rest", "callback", "page") and tally.count >= least:
            yield route, tally


def _subject(route: Route) -> str:
    return route.name if route.kind == "callback" else f"{route.method} {route.name}"


def _more_threads(view: View) -> str:
    cpu = view.host.get("cpu_percent")
    if cpu is not None and cpu.value > SPARE_CPU:
        return (
            f"The processors are busy ({cpu.value:.0f} %), and threads wait for them: more threads would not help. Run "
            "fewer workers (LOOKAHEAD_WORKERS), or give the machine more cores."
        )
    return "Raise LOOKAHEAD_THREADS, or send requests that wait for jobs with Prefer: respond-async."


def _by_stage(tally: Tally) -> str:
    largest = max((tally.wait, tally.compute, tally.serialise), key=lambda stage: stage.total)
    if largest is tally.wait:
        return "Most of it is waiting: raise LOOKAHEAD_THREADS, or LOOKAHEAD_WORKERS where it waits for jobs."
    if largest is tally.serialise:
        return "Most of it makes bytes of the answer: show fewer points or rows on that page."
    return "Most of it is computing in the server: look at the load of the machine, and at the size of what is shown."


def _ms(nanoseconds: float | None) -> float:
    return (nanoseconds or 0.0) / NS_PER_MS
