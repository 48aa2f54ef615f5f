"""From a pydantic schema to the fields of its form: title, help, unit, bounds and default are its own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from components.form.fields import (
    ChoiceField,
    ChoicesField,
    DateField,
    Field,
    FlagField,
    GroupField,
    JsonField,
    KindsField,
    ListField,
    NumberField,
    Path,
    RowsField,
    TableField,
    TextField,
    UnionField,
    Variant,
)
from components.form.kinds import title_of
from components.form.tables import Shape

LONE = "record"  # the tag of records that need none
MAX_TAGS = 50  # a longer list is pasted as text, not typed number by number


@lru_cache(maxsize=2048)  # forms are drawn and read again and again; nothing of a schema changes
def outline(schema: type[BaseModel], path: Path = (), skip: str | None = None) -> tuple[Field, ...]:
    """Return one field per field of `schema`, in its order; `skip` leaves a discriminator out."""
    return tuple(_field((*path, name), info) for name, info in schema.model_fields.items() if name != skip)


def _field(path: Path, info: FieldInfo) -> Field:
    annotation, is_optional = _without_none(info.annotation)
    annotation, marks = _without_annotation(annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    shown: dict[str, Any] = {
        "path": path,
        "title": info.title or _words(path[-1]),
        "help": info.description or "",
        "unit": str(extra.get("unit", "")),
        "default": None if info.is_required() else to_jsonable_python(info.get_default(call_default_factory=True)),
        "is_optional": is_optional,
        "names": str(extra.get("names", "")),
        "empty": str(extra.get("empty", "")),
        "is_advanced": bool(extra.get("advanced")),
    }
    if extra.get("control") == "kinds":
        return _kinds(annotation, shown)
    titles: Any = extra.get("titles") or {}
    return _typed(annotation, [*marks, *info.metadata, info.discriminator], shown, titles)


def _typed(annotation: Any, metadata: list[Any], shown: dict[str, Any], titles: Mapping[str, str]) -> Field:
    """Return the field of the kind that fits the annotation."""
    origin = get_origin(annotation)
    if annotation is bool:
        choices = {"true": True, "false": False}
        return ChoiceField(**shown, options=choices) if shown["is_optional"] else FlagField(**shown)
    if annotation in (int, float):
        return NumberField(**shown, is_integer=annotation is int, **_bounds(metadata))
    if annotation in (str, datetime):
        return TextField(**shown)
    if annotation is date:
        return DateField(**shown)
    shape = _table_shape(annotation)
    if shape is not None:
        return TableField(**shown, shape=shape)
    if origin is Literal:
        return ChoiceField(**shown, options={str(value): value for value in get_args(annotation)})
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not shown["is_optional"]:
        return GroupField(**shown, members=outline(annotation, shown["path"]))
    if origin in (Union, UnionType) and all(get_origin(part) is Literal for part in get_args(annotation)):
        values = [value for part in get_args(annotation) for value in get_args(part)]
        return ChoiceField(**shown, options={str(value): value for value in values})
    if origin in (Union, UnionType):
        return _union(annotation, metadata, shown) or JsonField(**shown)
    if origin is tuple and get_args(annotation)[1:] == (Ellipsis,):
        return _list(get_args(annotation)[0], metadata, shown, titles)
    return JsonField(**shown)


def _table_shape(annotation: Any) -> Shape | None:
    """Return how numbers by name, or rows of numbers, are written as lines; None for what is neither."""
    bare, _ = _without_annotation(annotation)
    arguments = [_without_annotation(part)[0] for part in get_args(bare)]
    if get_origin(bare) is tuple and arguments[1:] == [Ellipsis]:
        return "rows" if _is_numbers(arguments[0]) else None
    if get_origin(bare) is not dict:
        return None
    if arguments[1] in (int, float):
        return "number"
    if _is_numbers(arguments[1]):
        return "columns"
    parts = [_without_annotation(part)[0] for part in get_args(arguments[1])]
    return "pair" if get_origin(arguments[1]) is tuple and parts == [float, float] else None


def _is_numbers(annotation: Any) -> bool:
    """True for a list of any number of numbers, some of which may be missing."""
    first, *others = get_args(annotation) or (None,)
    return get_origin(annotation) is tuple and others == [Ellipsis] and _without_none(first)[0] is float


def _list(item: Any, metadata: list[Any], shown: dict[str, Any], titles: Mapping[str, str]) -> Field:
    length = next((rule.max_length for rule in metadata if isinstance(rule, MaxLen)), None)
    is_long = length is None or length > MAX_TAGS
    bare, inner = _without_annotation(item)
    kind, _ = _without_none(bare)
    if get_origin(kind) is Literal:
        return ChoicesField(**shown, options={str(value): value for value in get_args(kind)}, titles=titles)
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
        title = f"{shown['title'].removesuffix('s')} {index + 1}"
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
