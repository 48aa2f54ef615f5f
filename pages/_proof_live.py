"""The part of the page Proof that follows the worker: how it does, what it made, how long that took."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.cards import card, chart_panel
from components.facts import Fact, facts_list
from components.figures import proof as charts
from components.icons import icon
from components.numbers import percent, significant
from components.proof import named_values
from components.status import duration
from components.tables import shown_number
from components.words import count_words
from compute.proof.receipt import Sizes
from pages._proof_ids import desk
from services.proof.outbox import ReceiptState, SentReceipt
from services.proof.prove import config_path
from services.proof.status import WorkerStatus

CHARTED = 600  # receipts, the newest
GIGA = 1e9
MEANINGS = {
    "health": "Degraded from 2 failures in a row or 20 % of the last ones, unhealthy from 5 or 50 %, critical from 10.",
    "breaker": "After 5 failures in a row nothing is sent for a minute; then one receipt is, and its luck decides.",
    "pending": "Receipts in the outbox that are still to be sent; they survive a crash.",
    "p95": "The time that one attempt in twenty exceeds, among the last thousand.",
    "failures": "Of the device, of the network, of signatures, and receipts that were refused.",
}


def live_part(status: WorkerStatus | None, receipts: Sequence[SentReceipt], is_running: bool) -> list[Component | None]:
    """Return the cards of the worker and of what it made; `receipts` are the newest."""
    return [_worker_card(status, is_running), _charts_card(status, receipts)]


def config_card(status: WorkerStatus | None) -> Component | None:
    """Return the variables in force, secrets masked, and what became of the last change."""
    if status is None:
        return _config_at_rest()
    notes = [dmc.Text(note[0].upper() + note[1:] + ".", size="sm", mb="xs") for note in status.notes]
    about = (
        "From the environment and from proof/worker.env in the data directory. A change of that file is taken over "
        "while the worker runs; what cannot be used changes nothing and is told here."
    )
    return card(
        "How is it set?",
        dmc.Text(about, size="sm", className="la-muted"),
        *notes,
        named_values(status.config, "Configuration of the worker"),
    )


def _config_at_rest() -> Component | None:
    """Return the variables that a worker would start with, or why it could not; nothing before one was set up."""
    found = desk().config()
    if isinstance(found, dict):
        said = "So a worker would start, by the environment and proof/worker.env in the data directory."
        shown: Component = named_values(found, "Configuration of the worker")
    elif config_path(desk().settings).exists():
        said = "No worker can start with proof/worker.env in the data directory as it is:"
        shown = html.Ul([html.Li(problem) for problem in found], className="la-problems")
    else:
        return None
    return card("How is it set?", dmc.Text(said, size="sm", className="la-muted"), shown)


def _worker_card(status: WorkerStatus | None, is_running: bool) -> Component | None:
    if status is None:
        counts = desk().outbox.counts()
        said = "The worker has just been started." if is_running else "No worker runs."
        left = counts[ReceiptState.PENDING]
        waits = f" {count_words(left, 'receipt')} to be sent when it is started." if left and not is_running else ""
        return card("The worker", dmc.Text(said + waits, size="sm"))
    error = status.last_error and dmc.Alert(
        status.last_error, title="The last thing that went wrong", color="gray", icon=icon("info"), mt="md"
    )
    return card("The worker", facts_list(_facts(status), MEANINGS), error)


def _facts(status: WorkerStatus) -> list[Fact]:
    figures = status.figures
    failures = ", ".join(f"{count} {name}" for name, count in figures.failures.items() if count)
    wait = f", probe in {duration(status.breaker_wait_s)}" if status.breaker_wait_s else ""
    return [
        ("Health", status.health.value, "health"),
        ("Breaker", status.breaker.value + wait, "breaker"),
        ("Runs for", duration(status.uptime_s), ""),
        ("Attempts", shown_number(figures.attempts), ""),
        ("Receipts accepted", shown_number(figures.successes), ""),
        ("To be sent", shown_number(status.pending), "pending"),
        ("Failures", failures or "none", "failures"),
        ("Failed of the last", percent(figures.failed_share), ""),
        ("Receipts per second", significant(figures.receipts_per_second, 3), ""),
        ("Attempts per second", significant(figures.attempts_per_second, 3), ""),
        ("Time of an attempt", _ms(figures.mean_ms), ""),
        ("Shortest and longest", f"{_ms(figures.min_ms)}, {_ms(figures.max_ms)}", ""),
        ("One in twenty exceeds", _ms(figures.p95_ms), "p95"),
        ("Size", _sizes(status.sizes) if status.sizes else "being measured", ""),
        ("Computed by", status.driver, ""),
    ]


def _charts_card(status: WorkerStatus | None, receipts: Sequence[SentReceipt]) -> Component | None:
    panels: list[Component] = []
    if receipts:
        moments = [each.created_at for each in receipts]
        target_ms = None if status is None or status.tuning is None else status.tuning.target_ms
        times = charts.times_chart(moments, [each.time_ms for each in receipts], target_ms, revision="times")
        made = charts.throughput_chart(moments, revision="made")
        panels.append(chart_panel("proof", "made", f"Receipts made, the last {len(receipts)}", made, charts.HEIGHT))
        panels.append(chart_panel("proof", "times", "How long each attempt took", times, charts.HEIGHT))
    if status is not None and status.tuning is not None:
        panels.append(_tuning_panel(status))
    return card("What it made", html.Div(panels, className="la-chart-grid")) if panels else None


def _tuning_panel(status: WorkerStatus) -> Component:
    tuning = status.tuning
    assert tuning is not None
    curve = charts.tuning_chart(
        [_sizes(each.sizes) for each in tuning.curve],
        [each.sizes.multiplications / GIGA for each in tuning.curve],
        [each.time_ms for each in tuning.curve],
        (tuning.chosen.multiplications / GIGA, tuning.expected_ms),
        tuning.target_ms,
        revision="tuning",
    )
    return chart_panel("proof", "tuning", f"Autotuning chose {_sizes(tuning.chosen)}", curve, charts.HEIGHT)


def _sizes(sizes: Sizes) -> str:
    return f"{sizes.m} × {sizes.n} × {sizes.k}"


def _ms(time_ms: float | None) -> str:
    return "–" if time_ms is None else f"{significant(time_ms, 3)} ms"
