"""What a form is made of: one record per control. They are drawn from a pydantic schema in `outline`.

How a value is written into a control and read back is in `values`, how a control looks in `controls`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from components.form.kinds import Members
from components.form.tables import Shape

Path = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """What every field shows: where it is, what it is called, what it means."""

    path: Path
    title: str
    help: str = ""
    unit: str = ""
    default: Any = None
    """As JSON; None also where the schema has no default."""
    is_optional: bool = False
    """True when the schema takes None: an empty control."""
    names: str = ""
    """What it names, such as `assets`: what there is of them is offered."""
    empty: str = ""
    """What an empty control means, where the schema says."""
    is_advanced: bool = False
    """True when its group folds it away: most users never change it."""

    @property
    def key(self) -> str:
        """The path as one word, as in the control's id: `model/arima/p`. No dots: Dash escapes them in ids, wrongly."""
        return "/".join(self.path)


@dataclass(frozen=True)
class NumberField(Field):
    """An integer or a float."""

    is_integer: bool = False
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class ChoiceField(Field):
    """One of a few values; `options` maps the control's key to the JSON value."""

    options: Mapping[str, Any] = None  # type: ignore[assignment]


@dataclass(frozen=True)
class ChoicesField(Field):
    """Any of a few values, all of which are seen; `options` maps the control's key to the JSON value."""

    options: Mapping[str, Any] = None  # type: ignore[assignment]
    titles: Mapping[str, str] = None  # type: ignore[assignment]
    """What an option is called, by its key, where its key does not say it."""


@dataclass(frozen=True)
class FlagField(Field):
    """Yes or no, never empty."""


@dataclass(frozen=True)
class TextField(Field):
    """A line of text."""


@dataclass(frozen=True)
class ListField(Field):
    """Several numbers, words or times; a long list is one block of text."""

    item: Literal["number", "word", "time"] = "number"
    is_long: bool = False


@dataclass(frozen=True)
class DateField(Field):
    """A day."""


@dataclass(frozen=True)
class TableField(Field):
    """Numbers by name, or in rows, as lines of text; see `tables`."""

    shape: Shape = "number"


@dataclass(frozen=True)
class JsonField(Field):
    """Anything that has no control of its own, as JSON."""

    is_whole: bool = False
    """True where something else on the page edits it: its text is folded away and may be long."""


@dataclass(frozen=True)
class GroupField(Field):
    """A nested record."""

    members: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Variant:
    """One member of a union: a record of `members`, or a value that is no record, with one control."""

    tag: str
    title: str
    help: str
    members: tuple[Field, ...]
    is_record: bool = True


@dataclass(frozen=True)
class UnionField(Field):
    """A choice between records. With a `discriminator` field the choice is part of the request, else only its shape."""

    discriminator: str | None = None
    find_tag: Callable[[Any], str | None] = lambda data: None
    variants: tuple[Variant, ...] = ()

    @property
    def selector(self) -> str:
        """The key of the control that chooses."""
        return f"{self.key}/{self.discriminator or 'form'}"

    def variant(self, tag: Any) -> Variant | None:
        """Return the variant of that tag, or None."""
        return next((variant for variant in self.variants if variant.tag == tag), None)


@dataclass(frozen=True)
class RowsField(Field):
    """A list of records, of one kind or of several; `make_row(i)` is the i-th row, a union that may be empty."""

    make_row: Callable[[int], UnionField] = None  # type: ignore[assignment]


@dataclass(frozen=True)
class KindsField(Field):
    """Several records of a union, picked by kind with default parameters; those with others keep them."""

    members: Members = None  # type: ignore[assignment]


def with_whole(fields: Iterable[Field], keys: Iterable[str]) -> tuple[Field, ...]:
    """Return the fields with those of the given keys as JSON; within groups too, where they are folded away."""
    return tuple(_whole(field, frozenset(keys)) for field in fields)


def _whole(field: Field, keys: frozenset[str]) -> Field:
    if isinstance(field, GroupField) and field.key not in keys:
        return replace(field, members=with_whole(field.members, keys))
    if field.key not in keys:
        return field
    help_text = "As JSON; what is drawn is written here, and what is written here is drawn."
    return JsonField(field.path, field.title, help_text, default=field.default, is_advanced=True, is_whole=True)
