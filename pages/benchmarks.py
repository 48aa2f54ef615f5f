"""The benchmarks page: how fast this machine is, on its GPU or its processors, and whether it still is."""

import json

import dash
import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.benchmark_tables import benchmark_sentence, benchmark_table, left_out, machine_facts
from components.cards import card, graph, waiting_blocks
from components.defined import defined
from components.figures.benchmarks import HEIGHT, HISTORY_HEIGHT, history_chart, roofline_chart
from components.form import Form
from components.status import duration, empty_state
from components.words import count_words
from compute.benchmark.options import KINDS
from compute.benchmark.request import BenchmarkRequest
from compute.benchmark.result import BenchmarkResult
from pages._benchmark_history import read_history
from pages._job_layout import job_layout
from pages._job_records import Answer, Finished, JobPage, Sample, file_name_of
from services.jobs import ListedJob

dash.register_page(
    __name__,
    path="/benchmarks",
    name="Benchmarks",
    order=41,
    icon="benchmarks",
    shortcut="k",
    title="Benchmarks | Lookahead",
)

NAME = "benchmarks"
HISTORY_MEANING = "The rate of each run, in percent of the median of all runs of the same workload: 100 % is as always."
START = {"kinds": KINDS, "dtype": "all", "preset": "quick", "library": "auto", "target_ms": None}


def _answer(done: Finished, other: Finished | None) -> Answer:
    result: BenchmarkResult = done.result
    sentence = benchmark_sentence(result)
    if other is not None:
        sentence += f" In job {other.job.id[:6]}: {benchmark_sentence(other.result)}"
    return Answer(
        title=f"{result.machine.name}, measured in {duration(result.seconds)}",
        sentence=sentence,
        file_name=file_name_of(f"benchmark {result.machine.name}"),
        graph="roofline",
    )


def _describe(job: ListedJob) -> str:
    kinds = job.request.get("kinds") or KINDS
    what = str(kinds[0]).replace("_", " ") if len(kinds) == 1 else count_words(len(kinds), "workload")
    return f"{what}, {job.request.get('preset', 'standard')}"


def _draw(done: Finished, _other: Finished | None) -> Component:
    result: BenchmarkResult = done.result
    return html.Div(
        [
            card("What was measured", benchmark_table(result) or _nothing(), left_out(result)),
            card("What limits it", _roofline(result, done.job.id)),
            card(defined(f"Earlier runs on {result.machine.name}", HISTORY_MEANING), _history(result, done.job.id)),
            card("Measured on", machine_facts(result.machine)),
        ],
        className="la-stack",
    )


def _nothing() -> Component:
    return empty_state("Nothing counts", "No measurement gave a right answer.", icon_name="benchmarks", is_small=True)


def _roofline(result: BenchmarkResult, revision: str) -> Component:
    if not result.roofline.points:
        why = result.roofline.reason or "nothing that was measured has counted operations and bytes"
        return empty_state("No roofline", f"{why[0].upper()}{why[1:]}.", icon_name="chart", is_small=True)
    about = (
        "Points below the slope wait for memory, those below the flat line for computing. Both lines are the most that "
        "was ever measured on this device."
    )
    chart = roofline_chart(result.roofline, revision=revision)
    shown = graph(NAME, "roofline", chart, HEIGHT, "Operations per second over operations per byte", has_bar=True)
    return html.Div([dmc.Text(about, className="la-muted", size="sm"), shown])


def _history(result: BenchmarkResult, revision: str) -> Component:
    lines = read_history(result.machine.name)
    if not lines:
        message = "Run the same workloads again: from the second run on, changes are seen here."
        return empty_state("The first run", message, icon_name="clock", is_small=True)
    return graph(NAME, "history", history_chart(lines, revision), HISTORY_HEIGHT, "Rates over the runs", has_bar=True)


def _draw_waiting() -> Component:
    return waiting_blocks(320, HEIGHT)


PAGE = JobPage(
    name=NAME,
    kind="benchmark",
    title="Benchmarks",
    subtitle="Measure how fast this machine is. Only what was checked to be right counts, and every number says how "
    "far it can be trusted.",
    form=Form(
        NAME,
        BenchmarkRequest,
        advanced=("library", "size", "target_ms", "duration_s", "memory_mib", "seed"),
    ),
    run_label="Measure",
    working_title="Measuring",
    empty_title="How fast is this machine?",
    empty_message="Products of matrices in every number type, convolutions, memory, and the engines of this "
    "application. Each answer is compared with a reference before its speed counts.",
    samples=(
        Sample("Matrices and memory", {"kinds": ["matrix_multiply", "memory_bandwidth"], "preset": "quick"}),
        Sample("Everything, quickly", {"kinds": list(KINDS), "preset": "quick"}),
    ),
    answer=_answer,
    draw=_draw,
    draw_waiting=_draw_waiting,
    describe=_describe,
)
layout = job_layout(PAGE, lambda words: words or {"fill": json.dumps(START)})
