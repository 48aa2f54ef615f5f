"""What a benchmark found, in words and tables: rates with spread, check and verdict, and what was not measured."""

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.defined import defined
from components.icons import icon
from components.numbers import ABSENT, significant
from components.tables import Cell, Column, table
from components.words import count_words
from compute.benchmark.result import BenchmarkResult, Check, Comparison, Machine, Measurement

DEFINITIONS: Mapping[str, str] = {
    "median": "Half of the repeats took no longer; of one call.",
    "iqr": "Interquartile range: the span of the middle half of the repeats, as a share of the median.",
    "rate": "What was done per second, at the median time.",
    "peak": "Of the highest rate that was ever measured of this number type, or of the memory, on this device. What a "
    "maker's table says is not asked.",
    "check": "The answer was compared with a reference before its speed counted.",
    "stable": "The middle half of the repeats lies close together, and nothing disturbed them.",
    "noisy": "The repeats differ so much that small changes cannot be told from chance.",
    "throttled": "Clocks were lowered while it was measured.",
    "shared": "Others used the device while it was measured.",
}
_CHANGES = {
    "first_run": "first run",
    "as_before": "as before",
    "faster": "faster",
    "slower": "slower",
    "unclear": "unclear",
}
_GROUPS = {"matrix_multiply": "products of matrices", "memory_bandwidth": "memory"}


def benchmark_sentence(result: BenchmarkResult) -> str:
    """Return the best product of matrices and the best bandwidth, and how far all of it can be trusted."""
    measured = _measured(result)
    if not measured:
        return "Nothing could be measured; the reasons stand below."
    best = [_best(measured, kind, words) for kind, words in _GROUPS.items()]
    first = next((told for told in best if told), None) or _told(measured[0])
    others = [told for told in best if told and told != first]
    unsure = sum(each.verdict is not None and each.verdict.name != "stable" for each in measured)
    trust = f"{unsure} of {len(measured)} disturbed or noisy" if unsure else "all stable"
    failed = sum(each.status == "failed_the_check" for each in result.measurements)
    wrong = f"; {count_words(failed, 'wrong answer')}" if failed else ""
    return f"{'; '.join([first, *others])}; {trust}{wrong}."


def benchmark_table(result: BenchmarkResult) -> Component | None:
    """Return a row per measurement that counts; None where there is none."""
    measured = _measured(result)
    if not measured:
        return None
    columns = [
        Column("Measured"),
        Column("Rate", is_number=True, help=DEFINITIONS["rate"]),
        Column("Unit"),
        Column("Of peak (%)", is_number=True, help=DEFINITIONS["peak"]),
        Column("Verdict"),
        Column("Check", help=DEFINITIONS["check"]),
        Column("Against earlier runs"),
        Column("Median (ms)", is_number=True, help=DEFINITIONS["median"]),
        Column("IQR (%)", is_number=True, help=DEFINITIONS["iqr"]),
        Column("Size"),
    ]
    rows = [_row(each, result.machine.device) for each in measured]
    return table(count_words(len(measured), "measurement"), columns, rows)


def left_out(result: BenchmarkResult) -> Component | None:
    """Return what gave a wrong answer, loudly, and what this device cannot do, with the reasons."""
    wrong = [each for each in result.measurements if each.status == "failed_the_check"]
    absent = [each for each in result.measurements if each.status == "absent"]
    if not wrong and not absent:
        return None
    alert = dmc.Alert(
        _reasons(wrong),
        title=f"{count_words(len(wrong), 'wrong answer')}: no speed is told of them",
        color="red",
        icon=icon("alert"),
    )
    return html.Div([alert if wrong else None, _reasons(absent) if absent else None], className="la-stack")


def machine_facts(machine: Machine) -> html.Dl:
    """Return what was measured on."""
    libraries = ", ".join(f"{name} {version}" for name, version in machine.libraries.items())
    memory = None if machine.memory_mib is None else f"{machine.memory_mib / 1024:.0f} GiB"
    facts = (
        ("Device", f"{machine.name} ({machine.device})"),
        ("Driver or kernel", machine.driver),
        ("Cores", None if machine.cores is None else str(machine.cores)),
        ("Threads", None if machine.threads is None else str(machine.threads)),
        ("Memory", memory),
        ("Libraries", libraries or None),
    )
    return html.Dl([html.Div([html.Dt(name), html.Dd(value or ABSENT)]) for name, value in facts], className="la-facts")


def _measured(result: BenchmarkResult) -> list[Measurement]:
    return [each for each in result.measurements if each.status == "measured"]


def _row(each: Measurement, device: str) -> list[Cell]:
    rate, timing, verdict = each.rate, each.timing, each.verdict
    assert rate is not None, "what was measured has a rate"
    assert timing is not None, "and times"
    peak: Cell = None if rate.percent_of_peak is None else significant(rate.percent_of_peak, 3)
    size = f"{each.size} {each.size_title}".strip()
    return [
        each.title if each.device == device else f"{each.title} ({each.device})",
        significant(rate.value, 4),
        rate.unit,
        defined(ABSENT, rate.peak) if peak is None and rate.peak else peak,
        ABSENT if verdict is None else defined(verdict.name, _why(verdict.name, verdict.reasons)),
        _check(each.check),
        _change(each.comparison),
        significant(timing.median_ms, 4),
        significant(100 * timing.iqr_ms / timing.median_ms, 2),
        html.Span(f"{size}, its limit" if each.is_at_limit else size, style={"whiteSpace": "nowrap"}),
    ]


def _check(check: Check | None) -> Cell:
    if check is None:
        return ABSENT
    error = "" if check.error is None else f" Off by {check.error:.2g} {check.unit}, at most {check.tolerance:.2g}."
    shown: Component = defined("passed" if check.has_passed else "failed", f"Compared with {check.reference}.{error}")
    return shown


def _why(name: str, reasons: Sequence[str]) -> str:
    return " ".join([DEFINITIONS[name], *(f"{reason[0].upper()}{reason[1:]}." for reason in reasons if reason)])


def _change(comparison: Comparison | None) -> Cell:
    if comparison is None:
        return ABSENT
    change = comparison.change_percent
    words = _CHANGES[comparison.change] + (f" ({change:+.1f} %)" if change is not None else "")
    shown: Component = defined(words, f"{comparison.message[0].upper()}{comparison.message[1:]}.")
    return shown


def _reasons(rows: Sequence[Measurement]) -> html.Ul:
    return html.Ul([html.Li(f"{each.title}: {each.reason}") for each in rows], className="la-notes")


def _best(measured: Sequence[Measurement], kind: str, words: str) -> str | None:
    of_kind = [each for each in measured if each.kind == kind and each.rate is not None]
    if not of_kind:
        return None
    best = max(of_kind, key=lambda each: each.rate.value if each.rate else 0.0)
    variant = f" ({best.variant})" if best.variant else ""
    return f"{words[0].upper()}{words[1:]}: {_amount(best)}{variant}"


def _told(each: Measurement) -> str:
    return f"{each.title}: {_amount(each)}"


def _amount(each: Measurement) -> str:
    return ABSENT if each.rate is None else f"{significant(each.rate.value, 3)} {each.rate.unit}"
