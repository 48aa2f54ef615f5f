"""What a form holds and what is read from it, over every kind of job."""

import datetime as dt
from collections.abc import Callable
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from components.form import Form
from components.form.values import fill, parse, read
from compute.planning.scene import Grid, Polygon, Track
from compute.schema import Record
from compute.series import InlineSeries
from compute.trajectory.track import InlineTrack
from services.tasks import TASKS, Task

EVERY_TASK = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())


@cache
def requests(schema: type[BaseModel]) -> st.SearchStrategy[BaseModel]:
    """Arbitrary valid requests of a schema, drawn from its own bounds."""
    if schema is InlineSeries:
        return inline_series()
    if schema is InlineTrack:
        return inline_tracks()
    if schema in SCENES:
        return SCENES[schema]()
    return accepted(schema, **{name: of_field(info) for name, info in schema.model_fields.items()})


@st.composite
def accepted(draw: st.DrawFn, schema: type[BaseModel], **fields: st.SearchStrategy[Any]) -> BaseModel:
    """Records of the schema; what its fields may not be together is drawn again."""
    values = {name: draw(strategy) for name, strategy in fields.items()}
    try:
        return schema(**values)
    except ValidationError:
        assume(False)
        raise


def grids() -> st.SearchStrategy[Grid]:
    sizes = st.tuples(st.integers(1, 4), st.integers(1, 4))
    cells = sizes.flatmap(lambda n: st.tuples(*[st.tuples(*[st.sampled_from([0, 1])] * n[0])] * n[1]))
    return st.builds(Grid, cells=cells, id=st.none() | words(1, 9))


def polygons() -> st.SearchStrategy[Polygon]:
    corner = st.tuples(st.floats(-50, 50), st.floats(-50, 50))
    return corner.map(lambda p: Polygon(vertices=(p, (p[0] + 1, p[1]), (p[0], p[1] + 2))))


def tracks() -> st.SearchStrategy[Track]:
    places = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=4)
    return places.map(lambda rows: Track(waypoints=tuple((float(t), *place) for t, place in enumerate(rows))))


SCENES: dict[type[BaseModel], Callable[[], st.SearchStrategy[Any]]] = {Grid: grids, Polygon: polygons, Track: tracks}


@st.composite
def inline_series(draw: st.DrawFn) -> InlineSeries:
    values = draw(st.lists(st.none() | finite(), min_size=1, max_size=8))
    times = draw(st.none() | st.lists(moments(), min_size=len(values), max_size=len(values)))
    return InlineSeries(values=tuple(values), timestamps=times and tuple(times), name=draw(words(0, 20)))


@st.composite
def inline_tracks(draw: st.DrawFn) -> InlineTrack:
    d = draw(st.sampled_from((2, 3)))
    row = st.tuples(*[st.none() | finite()] * d)
    rows = draw(st.lists(st.none() | row, min_size=1, max_size=6).filter(any))
    times = draw(st.none() | st.lists(finite(), min_size=len(rows), max_size=len(rows)))
    return InlineTrack(positions=tuple(rows), times=times and tuple(times), name=draw(words(0, 20)))


def finite(low: float | None = None, high: float | None = None) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


def moments() -> st.SearchStrategy[dt.datetime]:
    return st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC) | st.none())


def words(low: int, high: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=low, max_size=high)


def of_field(info: FieldInfo) -> st.SearchStrategy[Any]:
    return of_type(info.annotation, info.metadata)


def of_type(annotation: Any, rules: list[Any]) -> st.SearchStrategy[Any]:
    if get_origin(annotation) is Annotated:
        bare, *marks = get_args(annotation)
        inner = [rule for mark in marks if isinstance(mark, FieldInfo) for rule in mark.metadata]
        return of_type(bare, [*rules, *inner, *marks])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return requests(annotation)
    low = next((rule.ge for rule in rules if isinstance(rule, Ge)), None)
    high = next((rule.le for rule in rules if isinstance(rule, Le)), None)
    shortest = next((rule.min_length for rule in rules if isinstance(rule, MinLen)), 0)
    longest = next((rule.max_length for rule in rules if isinstance(rule, MaxLen)), 12)
    pattern = next((rule.pattern for rule in rules if getattr(rule, "pattern", None)), None)
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return st.integers(low, high)
    if annotation is float:
        above = next((rule.gt for rule in rules if isinstance(rule, Gt)), None)
        below = next((rule.lt for rule in rules if isinstance(rule, Lt)), None)
        inside = finite(above if low is None else low, below if high is None else high)
        return inside.filter(lambda value: value not in (above, below))
    if annotation is str:
        return st.from_regex(pattern, fullmatch=True) if pattern else words(max(shortest, 1), min(longest, 12))
    if annotation is NoneType:
        return st.none()
    if annotation is dt.date:
        return st.dates()
    if annotation is dt.datetime:
        return moments()
    if get_origin(annotation) is dict:
        key, value = (of_type(part, []) for part in get_args(annotation))
        return st.dictionaries(key, value, min_size=shortest, max_size=4)
    if get_origin(annotation) is tuple and Ellipsis not in get_args(annotation):
        return st.tuples(*(of_type(part, []) for part in get_args(annotation)))
    if get_origin(annotation) is tuple:
        items = of_type(get_args(annotation)[0], [])
        return st.lists(items, min_size=shortest, max_size=min(longest, 6), unique_by=repr).map(tuple)
    if str(get_origin(annotation)) == "typing.Literal":
        return st.sampled_from(get_args(annotation))
    return st.one_of([of_type(member, rules) for member in get_args(annotation)])


ANY_REQUEST = st.sampled_from(list(TASKS.values())).flatmap(
    lambda task: st.tuples(st.just(task), requests(task.request))
)


@EVERY_TASK
def test_an_untouched_form_reads_back_as_the_example(task: Task) -> None:
    form = Form(task.kind, task.request)
    again = form.read(form.fill(task.example))
    assert task.request.model_validate(again) == task.request.model_validate(task.example)


@settings(max_examples=80, deadline=None)
@given(ANY_REQUEST)
def test_any_valid_request_survives_the_form(asked: tuple[Task, Record]) -> None:
    task, request = asked
    form = Form(task.kind, task.request)
    again = form.read(form.fill(request.model_dump(mode="json")))
    assert task.request.model_validate(again) == request


NAMES = st.sampled_from(["series", "model", "kind", "levels", "repairs", "dataset", "horizon", "values"])
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=20, deadline=None)
@given(NONSENSE)
def test_nonsense_in_a_link_still_gives_a_form(data: Any) -> None:
    for task in TASKS.values():
        form = Form(task.kind, task.request)
        form.read(form.fill(data))
        form.layout(data)


def inline(text: Any) -> Any:
    form = Form("forecast", TASKS["forecast"].request)
    return form.read({"series/form": "inline", "series/inline/values": text})["series"]["values"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1, 2,3", [1, 2, 3]),
        ("1,2\n3,4,5", [1, 2, 3, 4, 5]),
        ("1,,2", [1, None, 2]),
        ("1,2,3", [1, 2, 3]),
        ("1 2\n3\t4", [1, 2, 3, 4]),
        ("1;;2;", [1, None, 2]),
        ("1\n\n2", [1, 2]),
        ("1.5\nNaN\nnull\n-2e3", [1.5, None, None, -2000.0]),
        ("112\r\n118\r\n", [112, 118]),
        ("", []),
    ],
)
def test_pasted_numbers_are_told_apart(text: str, values: list[Any]) -> None:
    assert inline(text) == values


def test_decimal_commas_are_refused_rather_than_read_as_two_numbers() -> None:
    assert inline("1,5\n2,5") == ["1,5", "2,5"]
    assert inline("1,5;2") == ["1,5", 2]


def test_an_emptied_number_is_not_silently_the_default() -> None:
    form = Form("forecast", TASKS["forecast"].request)
    values = form.fill(TASKS["forecast"].example) | {"horizon": ""}
    assert form.read(values)["horizon"] is None


def test_rows_left_empty_between_others_count_for_nothing() -> None:
    task = TASKS["repair_dataset"]
    form = Form(task.kind, task.request)
    values = form.fill(task.example) | {"repairs/2/kind": "fill_gaps"}
    assert form.read(values)["repairs"] == [{"kind": "sort_by_time"}, {"kind": "fill_gaps"}]


def test_a_list_with_no_control_of_its_own_is_asked_as_json() -> None:
    class Strange(Record):
        weights: dict[str, float]

    form = Form("strange", Strange)
    values = form.fill({"weights": {"a": 0.5}})
    assert form.read(values) == {"weights": {"a": 0.5}}
    assert form.read({"weights": "{oops"}) == {"weights": "{oops"}


def test_models_are_picked_by_kind_and_keep_parameters_of_their_own() -> None:
    task = TASKS["backtest"]
    form = Form(task.kind, task.request)
    asked = dict(task.example) | {"models": [{"kind": "naive"}, {"kind": "arima", "p": 5}]}
    values = form.fill(asked)
    again = task.request.model_validate(form.read(values))
    assert again == task.request.model_validate(asked)
    assert form.read(values | {"models": values["models"][:1]})["models"] == [{"kind": "naive"}]
    assert form.read(values | {"models": None})["models"] == []


def test_a_number_typed_as_text_is_a_number() -> None:
    form = Form("forecast", TASKS["forecast"].request)
    horizon = next(field for field in form.fields if field.key == "horizon")
    assert parse(horizon, "24") == 24
    assert parse(horizon, "many") == "many"
    assert read((horizon,), fill((horizon,), {"horizon": 7})) == {"horizon": 7}
