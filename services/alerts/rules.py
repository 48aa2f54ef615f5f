"""The rules: shipped ones, and those of `alerts.toml` in the data directory, which is read again when it changes."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError, model_validator

from compute.schema import Record
from services.alerts.records import Severity
from services.alerts.signals import SIGNALS
from services.logs import logger

FILE: Final = "alerts.toml"
DEFAULTS: Final = Path(__file__).with_name("defaults.toml")
MARGIN = 0.1  # of the threshold: how far back a value must be where the rule does not say


class Rule(Record):
    """When somebody is to be told of what."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str = Field(min_length=1, max_length=120)
    signal: str
    above: float | None = None
    below: float | None = None
    clears_at: float | None = None
    for_s: float = Field(default=60.0, ge=0, le=86_400)
    clear_s: float = Field(default=30.0, ge=0, le=86_400)
    severity: Severity = "warning"
    action: str = ""
    enabled: bool = True

    @model_validator(mode="after")
    def _check(self) -> "Rule":
        if self.signal not in SIGNALS:
            raise ValueError(f"there is no signal {self.signal!r}; there are {', '.join(SIGNALS)}")
        if (self.above is None) == (self.below is None):
            raise ValueError("give either above or below, the threshold")
        if self.clears_at is not None and self.is_beyond(self.clears_at):
            raise ValueError(
                f"clears_at {self.clears_at:g} is beyond the threshold {self.threshold:g}; it must be back"
            )
        return self

    @property
    def threshold(self) -> float:
        """The value beyond which the rule holds."""
        return self.above if self.above is not None else float(self.below or 0.0)

    @property
    def is_above(self) -> bool:
        """True when the rule is about values above its threshold."""
        return self.above is not None

    def is_beyond(self, value: float) -> bool:
        """True when the value breaks the rule."""
        return value > self.threshold if self.is_above else value < self.threshold

    @property
    def back(self) -> float:
        """The value at which an alert is over."""
        if self.clears_at is not None:
            return self.clears_at
        return self.threshold - MARGIN * abs(self.threshold) * (1 if self.is_above else -1)

    def is_back(self, value: float) -> bool:
        """True when the value is far enough back for an alert to be over."""
        return value <= self.back if self.is_above else value >= self.back


class RuleBook:
    """The rules in force. A file that cannot be used leaves those before it, and `problem` says why."""

    def __init__(self, folder: Path, shipped: Path = DEFAULTS) -> None:
        self.path = folder / FILE
        self.problem: str | None = None
        self._seen: tuple[int, int] | None = None
        self._shipped = read_rules(shipped)
        self.rules: tuple[Rule, ...] = tuple(self._shipped.values())

    def reload(self) -> None:
        """Read the file again if it changed since it was read last."""
        try:
            state = self.path.stat()
            stamp = (state.st_mtime_ns, state.st_size)
        except OSError:
            stamp = None
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            own, keeps_shipped = _read(self.path) if stamp is not None else ({}, True)
        except (OSError, ValueError) as error:
            self.problem = f"{FILE} cannot be used, the rules before it hold: {error}"
            logger("alerts").warning("rules refused", error=str(error))
            return
        self.problem = None
        self.rules = tuple(((self._shipped if keeps_shipped else {}) | own).values())


def read_rules(path: Path) -> dict[str, Rule]:
    """Return the rules of a file by their names; raise ValueError naming rule, field and fault."""
    return _read(path)[0]


def _read(path: Path) -> tuple[dict[str, Rule], bool]:
    """Return the rules of a file, and whether the shipped ones hold beside them."""
    data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = sorted(set(data) - {"rule", "shipped"})
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no part of the file; write [[rule]] for each rule")
    keeps_shipped = data.get("shipped", True)
    if not isinstance(keeps_shipped, bool) or not isinstance(data.get("rule", []), list):
        raise ValueError("write shipped = true or false, and [[rule]] for each rule")
    rules: dict[str, Rule] = {}
    for number, given in enumerate(data.get("rule", []), start=1):
        try:
            rule = Rule.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            name = given.get("name", number) if isinstance(given, dict) else number
            words = str(first["msg"]).removeprefix("Value error, ")
            raise ValueError(f"rule {name}{f', {field}' if field else ''}: {words}") from error
        if rule.name in rules:
            raise ValueError(f"rule {rule.name} stands there twice; give each a name of its own")
        rules[rule.name] = rule
    return rules, keeps_shipped
