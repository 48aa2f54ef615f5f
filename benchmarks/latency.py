"""What measuring costs a request: ours beside OpenTelemetry and flask-monitoringdashboard, and the file's queries.

    .venv/bin/python -m benchmarks.latency [--requests 100] [--peers]

Each way gets its own Flask application with one route that returns a word, called through WSGI without a network, in
many short turns. CPU time of all threads (`time.process_time`); the least of the turns, since what else a machine
does only adds.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from api.measuring import measure
from services.latency.history import LatencyHistory
from services.latency.recorder import Recorder, Tallies
from services.latency.routes import Route
from services.latency.tally import Tally

TURNS = 300
DAY_S = 86_400
RECORDER = Recorder()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="What measuring costs.")
    parser.add_argument("--requests", type=int, default=60, help="per turn")
    parser.add_argument("--peers", action="store_true", help="also the peers of requirements-bench.txt")
    given = parser.parse_args()
    makers: dict[str, Callable[[Flask], None]] = {"nothing": lambda _: None, "this application": _ours}
    if given.peers:
        makers |= {
            "OpenTelemetry, 1 % sampled": _sampled,
            "OpenTelemetry, all": _traced,
            "flask-monitoringdashboard": _fmd,
        }
    _compare(makers, given.requests)
    _read_a_day()


def _compare(makers: dict[str, Callable[[Flask], None]], requests: int) -> None:
    applications = {name: _application(name, make) for name, make in makers.items()}
    taken: dict[str, list[float]] = {name: [] for name in applications}
    for application in applications.values():
        _call(application, 200)
    for _ in range(TURNS):
        for name, application in applications.items():
            begun = time.process_time()
            _call(application, requests)
            RECORDER.count()  # what a thread does each second
            taken[name].append((time.process_time() - begun) / requests * 1e6)
    plain = min(taken["nothing"])
    print(f"{'measured by':<28} {'µs a request':>13} {'added':>8}")
    for name, times in taken.items():
        print(f"{name:<28} {min(times):13.1f} {min(times) - plain:8.1f}")


def _application(name: str, make: Callable[[Flask], None]) -> Flask:
    server = Flask(f"bench {name}")
    server.add_url_rule("/word", view_func=lambda: "word", endpoint="word")
    make(server)
    return server


def _call(application: Flask, times: int) -> None:
    for _ in range(times):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/word",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
        }
        for _part in application.wsgi_app(environ, _start_response):
            pass


def _start_response(*_given: Any) -> Callable[[bytes], object]:
    return len


def _ours(server: Flask) -> None:
    measure(server, RECORDER)


def _traced(server: Flask, share: float = 1.0) -> None:
    from opentelemetry.instrumentation.flask import FlaskInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    class Nowhere(SpanExporter):  # type: ignore[misc]
        def export(self, spans: Any) -> Any:
            return SpanExportResult.SUCCESS

    provider = TracerProvider(sampler=ParentBasedTraceIdRatio(share))
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    FlaskInstrumentor().instrument_app(server, tracer_provider=provider)


def _sampled(server: Flask) -> None:
    _traced(server, 0.01)


def _fmd(server: Flask) -> None:
    import flask_monitoringdashboard as dashboard

    dashboard.config.database_name = f"sqlite:///{tempfile.mkdtemp()}/monitoring.db"
    dashboard.config.monitor_level = 1  # times of every request; 2 and 3 add outliers and a profiler
    dashboard.bind(server)


def _read_a_day() -> None:
    with tempfile.TemporaryDirectory() as folder:
        history, now = LatencyHistory(Path(folder)), float(DAY_S * 20_000)
        tallies: Tallies = {}
        for route in range(40):
            tally = tallies[Route("rest", "GET", f"/api/v1/route/{route}")] = Tally()
            for number in range(30):
                tally.add(200, 1_000_000 + number * 137_000 * (route + 1), 2000, 30_000)
        for minute in range(DAY_S // 60):
            history.write(tallies, now - DAY_S + 60 * minute)
        history.tidy(now)
        print(f"\n{'a day of 40 routes, every minute':<46} {'ms of CPU':>9}")
        _time("one route by minutes", lambda: list(history.minutes(now - DAY_S, now, next(iter(tallies)))))
        _time("all routes by hours (three summed, rest minutes)", lambda: list(history.hours(now - 4 * 3600, now)))
        _time("one write of the present minute", lambda: history.write(tallies, now + 1))
        print(f"{'size of the file':<46} {(Path(folder) / 'latency.db').stat().st_size / 2**20:7.1f} MiB")


def _time(name: str, work: Callable[[], object]) -> None:
    taken = []
    for _ in range(5):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1e3)
    print(f"{name:<46} {median(taken):9.1f}")


if __name__ == "__main__":
    main()
