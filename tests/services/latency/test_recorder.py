"""The recorder: windows that slide, nothing lost and nothing counted twice, few names whatever is asked for."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.latency.recorder import SLOT_NS, Recorder, Tallies
from services.latency.routes import UNMATCHED, Route, RouteNames, callback_name

ROUTE = Route("rest", "GET", "/api/v1/jobs")
OTHER = Route("rest", "POST", "/api/v1/timeseries/forecast")
SECOND = 10**9


class Clock:
    """A clock that is set by hand, in nanoseconds."""

    def __init__(self) -> None:
        self.now = 1000 * SECOND

    def __call__(self) -> int:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


def answer(recorder: Recorder, clock: Clock, route: Route = ROUTE, status: int = 200, total_ms: float = 3.0) -> None:
    recorder.add(route, status, round(total_ms * 1e6), 100, 200, clock.now)


def counts(tallies: Tallies) -> dict[Route, int]:
    return {route: tally.count for route, tally in tallies.items()}


def test_an_answer_leaves_the_window_when_its_time_is_over() -> None:
    clock = Clock()
    recorder = Recorder(clock)
    answer(recorder, clock)
    for seconds, minute, hour in ((30, 1, 1), (60, 0, 1), (3000, 0, 1), (800, 0, 0)):
        clock.pass_s(seconds)
        assert counts(recorder.window(60)[0]).get(ROUTE, 0) == minute
        assert counts(recorder.window(3600)[0]).get(ROUTE, 0) == hour


def test_the_time_covered_is_the_window_once_the_server_is_that_old() -> None:
    clock = Clock()
    recorder = Recorder(clock)
    clock.pass_s(20)
    answer(recorder, clock)
    assert recorder.window(60)[1] == pytest.approx(20)
    clock.pass_s(4000)
    answer(recorder, clock)
    for window_s, slot_s in ((60, 5), (300, 5), (3600, 60)):
        assert window_s <= recorder.window(window_s)[1] <= window_s + slot_s


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans(), st.booleans()), max_size=60))
@settings(max_examples=25)
def test_nothing_is_lost_or_counted_twice(steps: list[tuple[float, bool, bool]]) -> None:
    clock = Clock()
    recorder = Recorder(clock)
    saved = 0
    for seconds, is_answer, is_saved in steps:
        clock.pass_s(seconds)
        if is_answer:
            answer(recorder, clock)
        if is_saved:
            saved += sum(counts(recorder.take_unsaved()).values())
    saved += sum(counts(recorder.take_unsaved()).values())
    answers = sum(is_answer for _, is_answer, _ in steps)
    assert saved == answers
    assert sum(counts(recorder.since_start()).values()) == answers
    assert sum(counts(recorder.window(3600)[0]).values()) == answers  # sixty steps take twenty minutes at most


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30))
@settings(max_examples=25)
def test_a_window_holds_all_that_is_younger_and_at_most_a_span_more(pauses: list[float]) -> None:
    clock = Clock()
    recorder = Recorder(clock)
    moments = []
    for pause in pauses:
        clock.pass_s(pause)
        moments.append(clock.now)
        answer(recorder, clock)
    for window_s in (60, 300):
        found = counts(recorder.window(window_s)[0]).get(ROUTE, 0)
        since = clock.now - window_s * SECOND
        assert sum(at > since for at in moments) <= found <= sum(at > since - SLOT_NS for at in moments)


def test_failures_are_those_of_the_server_and_refusals_those_of_the_request() -> None:
    clock = Clock()
    recorder = Recorder(clock)
    for status in (200, 204, 302, 404, 422, 500, 503, 507):
        answer(recorder, clock, status=status)
    tally = recorder.window(60)[0][ROUTE]
    assert (tally.count, tally.refused, tally.failed) == (8, 2, 3)


def test_the_stages_of_an_answer_are_its_whole_time() -> None:
    clock = Clock()
    recorder = Recorder(clock)
    recorder.add(ROUTE, 200, 9_000_000, 2_000_000, 1_000_000, clock.now)
    tally = recorder.window(60)[0][ROUTE]
    assert tally.wait.total + tally.compute.total + tally.serialise.total == tally.total.total
    assert tally.compute.total == 6_000_000


def test_an_earlier_process_s_hour_goes_on() -> None:
    clock = Clock()
    earlier = Recorder(clock)
    answer(earlier, clock)
    recorder = Recorder(clock)
    recorder.restore([(1800.0, earlier.since_start())])
    answer(recorder, clock, OTHER)
    tallies, covered_s = recorder.window(3600)
    assert counts(tallies) == {ROUTE: 1, OTHER: 1}
    assert covered_s == pytest.approx(1800)
    assert counts(recorder.since_start()) == {OTHER: 1}
    assert counts(recorder.take_unsaved()) == {OTHER: 1}
    clock.pass_s(1900)
    assert ROUTE not in recorder.window(3600)[0]


def test_threads_lose_no_answer() -> None:
    clock = Clock()
    recorder = Recorder(clock)

    def work() -> None:
        for _ in range(500):
            answer(recorder, clock)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorder.since_start()[ROUTE].count == 2000


def test_random_names_are_one_name() -> None:
    names = RouteNames(pages=lambda: {"/", "/forecast"}, callbacks=lambda: {"a.children"})
    found = {names.of_page(f"/x{number}") for number in range(100_000)}
    found |= {names.of_callback(f"x{number}.children") for number in range(100_000)} | {names.of_callback({"a": 1})}
    found |= {names.of_rule("/api/<path:rest>", method, "api.nothing_here") for method in ("GET", "PUT")}
    assert found == {UNMATCHED}
    assert names.of_page("/forecast") == Route("page", "GET", "/forecast")


def test_callbacks_are_named_by_their_outputs() -> None:
    assert callback_name("home-jobs.children") == "home-jobs.children"
    assert callback_name("..a.x...b.y..") == "a.x, b.y"
    id_of_two = '{"page":"fore\\.cast","part":"status"}'
    assert callback_name(f"..{id_of_two}.children...a.x@{'64a6' * 8}..") == "fore.cast status.children, a.x@64a6"
    assert callback_name('{"index":["ALL"]}.n_clicks') == "ALL.n_clicks"
    assert callback_name("{odd.x") == "{odd.x"
    assert callback_name("..a.x...b.y...c.z...d.w...e.v..") == "a.x, b.y and 3 more"
