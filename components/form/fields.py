"""The outline of a request: one record per control, drawn from the pydantic schema and from nothing else.

How a value is written into a control and read back is in `values`, how a control looks in `controls`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from components.form.kinds import Members, title_of

Path = tuple[str, ...]
LONE = "record"  # the tag of records that need none
MAX_TAGS = 50  # a longer list is pasted as text, not typed number by number


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
class JsonField(Field):
    """Anything that has no control of its own, as JSON."""


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


def outline(schema: type[BaseModel], path: Path = (), skip: str | None = None) -> tuple[Field, ...]:
    """Return one field per field of `schema`, in its order; `skip` leaves a discriminator out."""
    return tuple(_field((*path, name), info) for name, info in schema.model_fields.items() if name != skip)


def _field(path: Path, info: FieldInfo) -> Field:
    annotation, is_optional = _without_none(info.annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    shown: dict[str, Any] = {
        "path": path,
        "title": info.title or _words(path[-1]),
        "help": info.description or "",
        "unit": str(extra.get("unit", "")),
        "default": None if info.is_required() else to_jsonable_python(info.get_default(call_default_factory=True)),
        "is_optional": is_optional,
    }
    if extra.get("control") == "kinds":
        return _kinds(annotation, shown)
    return _typed(annotation, [*info.metadata, info.discriminator], shown)


def _typed(annotation: Any, metadata: list[Any], shown: dict[str, Any]) -> Field:
    """Return the field of the kind that fits the annotation."""
    origin = get_origin(annotation)
    if annotation is bool:
        choices = {"true": True, "false": False}
        return ChoiceField(**shown, options=choices) if shown["is_optional"] else FlagField(**shown)
    if annotation in (int, float):
        return NumberField(**shown, is_integer=annotation is int, **_bounds(metadata))
    if annotation in (str, datetime):
        return TextField(**shown)
    if origin is Literal:
        return ChoiceField(**shown, options={str(value): value for value in get_args(annotation)})
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not shown["is_optional"]:
        return GroupField(**shown, members=outline(annotation, shown["path"]))
    if origin in (Union, UnionType):
        return _union(annotation, metadata, shown) or JsonField(**shown)
    if origin is tuple and get_args(annotation)[1:] == (Ellipsis,):
        return _list(get_args(annotation)[0], metadata, shown)
    return JsonField(**shown)


def _list(item: Any, metadata: list[Any], shown: dict[str, Any]) -> Field:
    length = next((rule.max_length for rule in metadata if isinstance(rule, MaxLen)), None)
    is_long = length is None or length > MAX_TAGS
    bare, inner = _without_annotation(item)
    kind, _ = _without_none(bare)
    if kind in (int, float):
        return ListField(**shown, item="number", is_long=is_long)
    if kind is datetime:
        return ListField(**shown, item="time", is_long=True)
    if kind is str:
        return ListField(**shown, item="word")
    make_union = _union if get_origin(kind) in (Union, UnionType) else _lone_record
    if make_union(kind, inner, shown) is None:
        return JsonField(**shown)

    def make_row(index: int) -> UnionField:
        title = f"{shown['title']} {index + 1}"
        place = {"path": (*shown["path"], str(index)), "title": title, "default": None, "help": ""}
        row = make_union(kind, inner, shown | place | {"is_optional": True})
        assert row is not None, "the first row was a union"
        return row

    return RowsField(**shown, make_row=make_row)


def _lone_record(schema: Any, _metadata: list[Any], shown: dict[str, Any]) -> UnionField | None:
    """Return the union of one record and nothing; None for what is no record."""
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        return None
    variant = Variant(LONE, title_of(schema, LONE), _about(schema), outline(schema, (*shown["path"], LONE)))
    return UnionField(**shown, find_tag=lambda data: LONE if isinstance(data, dict) else None, variants=(variant,))


def _kinds(annotation: Any, shown: dict[str, Any]) -> KindsField:
    """Return the field of a list of records that their `kind` tells apart."""
    union, _ = _without_annotation(get_args(annotation)[0])
    return KindsField(**shown, members={str(item.model_fields["kind"].default): item for item in get_args(union)})


def _union(annotation: Any, metadata: list[Any], shown: dict[str, Any]) -> UnionField | None:
    """Return the union that a `kind` field or tags with a function tell apart; None when nothing does."""
    rule = next((rule for rule in metadata if isinstance(rule, Discriminator | str)), None)
    if rule is None:
        return None
    name = rule if isinstance(rule, str) else None
    variants = []
    for member in get_args(annotation):
        schema, marks = _without_annotation(member)
        if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
            pasted = _list_variant(schema, marks, shown["path"]) if name is None else None
            if pasted is None:
                return None
            variants.append(pasted)
            continue
        if name is not None:
            tag = str(schema.model_fields[name].default)
        else:
            tag = next(str(mark.tag) for mark in marks if isinstance(mark, Tag))
        variants.append(
            Variant(
                tag=tag,
                title=title_of(schema, tag),
                help=_about(schema),
                members=outline(schema, (*shown["path"], tag), skip=name),
            )
        )
    find = _tag_in(name) if name is not None else rule.discriminator  # type: ignore[union-attr]
    return UnionField(**shown, discriminator=name, find_tag=find, variants=tuple(variants))  # type: ignore[arg-type]


def _list_variant(annotation: Any, marks: list[Any], above: Path) -> Variant | None:
    """Return the member of a union that is a list, asked as a whole; None when it is none or has no tag."""
    tag = next((str(mark.tag) for mark in marks if isinstance(mark, Tag)), None)
    info = next((mark for mark in marks if isinstance(mark, FieldInfo)), None)
    if tag is None or info is None or get_origin(annotation) is not tuple:
        return None
    title, about = info.title or tag.capitalize(), info.description or ""
    return Variant(tag, title, about, (JsonField((*above, tag), title, about),), is_record=False)


def _about(schema: type[BaseModel]) -> str:
    return (schema.__doc__ or "").strip().split("\n\n")[0]


def _tag_in(name: str) -> Callable[[Any], str | None]:
    return lambda data: data.get(name) if isinstance(data, dict) else None


def _bounds(metadata: list[Any]) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    for rule in metadata:
        if isinstance(rule, Ge | Gt):
            bounds["minimum"] = rule.ge if isinstance(rule, Ge) else rule.gt
        elif isinstance(rule, Le | Lt):
            bounds["maximum"] = rule.le if isinstance(rule, Le) else rule.lt
    return bounds


def _without_annotation(annotation: Any) -> tuple[Any, list[Any]]:
    """Return the bare type and everything that `Annotated` says about it."""
    if get_origin(annotation) is not Annotated:
        return annotation, []
    bare, *marks = get_args(annotation)
    infos = [mark for mark in marks if isinstance(mark, FieldInfo)]
    return bare, [*marks, *(rule for info in infos for rule in (*info.metadata, info.discriminator))]


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """Return the type without None, and whether None was there."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, False
    members = get_args(annotation)
    kept = [member for member in members if member is not NoneType]
    if len(kept) == len(members):
        return annotation, False
    return (kept[0] if len(kept) == 1 else Union[tuple(kept)]), True  # noqa: UP007 - built from a list


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
