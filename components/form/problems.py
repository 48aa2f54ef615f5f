"""Where on the form a problem belongs: the control that shows the blamed field, or the alert above the form."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from components.form.fields import ChoicesField, Field, FlagField, GroupField, ListField, RowsField, UnionField
from components.form.values import Values, rows_in_use
from compute.schema import FieldProblem, Location

NEEDED = "a value is needed here"


@dataclass(frozen=True)
class PlacedProblems:
    """Sentences by the key of the control they stand at, and those that no control can show."""

    at: dict[str, str]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class _Control:
    """A control that can show a sentence."""

    key: str
    may_be_empty: bool = False
    """True when the schema accepts it so: what is wrong is then not that nothing was entered."""


def place(fields: Sequence[Field], values: Values, problems: Iterable[FieldProblem]) -> PlacedProblems:
    """Return each problem at the control that it blames, given what the form showed when it was read."""
    controls = dict(_located(fields, values, ()))
    at: dict[str, str] = {}
    elsewhere = []
    for problem in problems:
        control = _nearest(problem.loc, controls)
        if control is None:
            where = ".".join(str(part) for part in problem.loc)
            elsewhere.append(f"{where}: {problem.msg}" if where else problem.msg)
        else:
            key = control.key
            sentence = NEEDED if _is_empty(values.get(key)) and not control.may_be_empty else problem.msg
            at[key] = f"{at[key]}; {sentence}" if key in at and sentence not in at[key] else sentence
    return PlacedProblems(at=at, elsewhere=tuple(elsewhere))


def _nearest(loc: Location, controls: dict[Location, _Control]) -> _Control | None:
    """Return the control at `loc` or at the deepest field that holds it (`levels` for `levels.0`)."""
    for length in range(len(loc), 0, -1):
        if loc[:length] in controls:
            return controls[loc[:length]]
    return None


def _located(fields: Sequence[Field], values: Values, above: Location) -> Iterator[tuple[Location, _Control]]:
    """Yield the location in the request of every control that is in use."""
    for field in fields:
        loc = (*above, field.path[-1])
        if isinstance(field, GroupField):
            yield from _located(field.members, values, loc)
        elif isinstance(field, UnionField):
            yield from _located_union(field, values, loc)
        elif isinstance(field, RowsField):
            yield loc, _Control(field.make_row(0).selector, may_be_empty=field.default is not None)
            for index, row in enumerate(rows_in_use(field, values)):
                yield from _located_union(row, values, (*loc, index))
        elif not isinstance(field, FlagField) or field.key in values:
            is_list = isinstance(field, ListField | ChoicesField)
            yield loc, _Control(field.key, field.is_optional or (is_list and field.default == []))


def _located_union(field: UnionField, values: Values, loc: Location) -> Iterator[tuple[Location, _Control]]:
    variant = field.variant(values.get(field.selector))
    if field.discriminator is not None:
        yield loc, _Control(field.selector, field.is_optional)
        yield (*loc, field.discriminator), _Control(field.selector, field.is_optional)
    elif field.is_optional:
        yield loc, _Control(field.selector, may_be_empty=True)
    elif variant is not None and variant.members:
        yield loc, _Control(variant.members[0].key)  # the choice between shapes shows no error; its first control does
    if variant is not None and variant.is_record:
        yield from _located(variant.members, values, loc)


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == []
