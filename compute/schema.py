"""The base of every request and result, and the translation of validation errors into the user's fields.

Bounds, default, unit, title and help of a parameter are written once, in its `Field`; the form, the REST route,
the OpenAPI document and the command line are drawn from it. What a particular job asks belongs to its own package.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from compute.docstrings import attribute_docstrings

Location = tuple[str | int, ...]


class Record(BaseModel):
    """A frozen record that refuses unknown fields and never holds NaN or infinity.

    The docstring below a field is its description. Validators are built when a record is first used: every process
    imports the records of all kinds of jobs, and most use few of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        """Describe the fields; Pydantic's own way (`use_attribute_docstrings`) takes 3 ms a class, this one 0.3."""
        docstrings = attribute_docstrings(cls)
        for name, field in cls.model_fields.items():
            field.description = field.description or docstrings.get(name)


class FieldProblem(Record):
    """One rule that one field breaks: where it is in the request, and a sentence naming value, rule and way out."""

    loc: Location
    msg: str


class RequestError(ValueError):
    """The request cannot be met as it is; carries every problem with its field. Becomes a 422 or a form's errors."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        said = dict.fromkeys(problem.msg for problem in problems)  # one conflict may blame several fields
        super().__init__("; ".join(said))
        self.problems = tuple(problems)

    @classmethod
    def at(cls, *loc: str | int, msg: str) -> "RequestError":
        """Return an error that blames the single field at `loc`."""
        return cls([FieldProblem(loc=loc, msg=msg)])


def field_problems(error: ValidationError, data: Any) -> list[FieldProblem]:
    """Return the problems of `error`, located by the keys of `data` as the user wrote it.

    Pydantic puts the tags of unions into locations (`model.arima.p`); they are no fields of the request, so each
    element that is neither a key of the data nor the last one is dropped (`model.p`). A list that is too short only
    because its items are refused is left out: the items are blamed already.
    """
    return [
        FieldProblem(loc=_user_location(item["loc"], data), msg=_sentence(item))
        for item in error.errors(include_url=False)
        if not _is_consequence(item)
    ]


def _is_consequence(item: Any) -> bool:
    return bool(item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"])


def _user_location(loc: Location, data: Any) -> Location:
    kept: list[str | int] = []
    for position, element in enumerate(loc):
        is_last = position == len(loc) - 1
        if isinstance(data, dict) and element in data and (is_last or isinstance(data[element], dict | list | tuple)):
            data = data[element]  # a key that leads on to a plain value is a tag of the same name
        elif isinstance(data, list | tuple) and isinstance(element, int):
            data = data[element] if element < len(data) else None
        elif not is_last:
            continue
        kept.append(element)
    return tuple(kept)


def _sentence(item: Any) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    value = item.get("input")
    if item["type"] == "missing":
        return "this field is required"
    if item["type"] == "extra_forbidden":
        return "this field is not known here; remove it or check its spelling"
    if item["type"] == "union_tag_not_found":
        return f"it does not say what it is; add {item['ctx']['discriminator']}"
    if item["type"] == "union_tag_invalid":
        given, known = item["ctx"]["tag"], item["ctx"]["expected_tags"]
        return f"{given.replace('_', ' ')!r} cannot be used here; choose one of {known}"
    if item["type"] == "too_short":
        return f"give at least {item['ctx']['min_length']} here; {item['ctx']['actual_length'] or 'none'} is given"
    if item["type"] == "too_long":
        given = item["ctx"]["actual_length"]
        return f"give at most {item['ctx']['max_length']} here" + (f"; {given} are given" if given else "")
    if item["type"] == "string_too_short" and not value:
        return "it is empty; write something here"
    if value is None and item["type"] != "value_error":
        return f"it is empty: {message[0].lower()}{message[1:]}"
    if isinstance(value, str | int | float | bool) and item["type"] != "value_error":
        return f"{value!r} is refused: {message[0].lower()}{message[1:]}"
    return message
