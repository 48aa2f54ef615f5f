"""The ways of writing times: one pattern each, whose named parts are those of `strftime` (b is a month's name, q a
quarter, w and u an ISO week and its day, p am or pm, z a zone, e an epoch, x an Excel serial)."""

import re
from dataclasses import dataclass

from services.datasets.reading.cells import compiled

_MONTHS = (
    "jan january januar janv janvier ene enero gen gennaio",
    "feb february februar févr fév février febrero febbr febbraio",
    "mar march märz mär mrz mars marzo",
    "apr april avr avril abr abril aprile",
    "may mai mayo mag maggio",
    "jun june juni juin junio giu giugno",
    "jul july juli juil juillet julio lug luglio",
    "aug august août aout ago agosto",
    "sep sept september septembre septiembre set settembre",
    "oct october okt oktober octobre octubre ott ottobre",
    "nov november novembre noviembre",
    "dec december dez dezember déc décembre dic diciembre dicembre",
)
MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

_CLOCK = (
    r"(?:(?:[T ]|, ?|  )(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9})\d*)?)?"
    r"(?: ?(?P<p>[AaPp])\.?[Mm]\.?)?)?"
    r"(?: ?(?P<z>[Zz]|UTC|GMT|[+\-−]\d{2}(?::?\d{2})?))?"
)
_DAY, _MONTH = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})"
_YEAR, _SHORT_YEAR = r"(?P<Y>\d{4})", r"(?P<y>\d{2})"
_WEEKDAY = r"(?:[A-Za-zÀ-ÿ]{2,9}\.?,? )?"
_MONTH_NAME = r"(?P<b>[A-Za-zÀ-ÿ]{3,9})\.?"


@dataclass(frozen=True)
class Layout:
    """One way of writing times."""

    name: str
    """As `strftime` would have it, without the time of day."""
    pattern: str
    needs_hint: bool = False
    """True for bare numbers: only a column whose name speaks of time is read so."""

    def matches(self, cell: str) -> bool:
        """True when the cell is written so; whether there is such a day is another question."""
        return compiled(self.pattern).match(cell) is not None

    @property
    def fields(self) -> frozenset[str]:
        """Names of the parts the pattern takes out."""
        return frozenset(re.findall(r"\(\?P<(\w+)>", self.pattern))


def _numeric(mark: str) -> tuple[Layout, ...]:
    def of(name: str, *parts: str, needs_hint: bool = False) -> Layout:
        clock = "" if len(parts) == 2 else _CLOCK
        weekday = _WEEKDAY if parts[-1] == _YEAR and clock else ""
        pattern = f"^{weekday}{re.escape(mark).join(parts)}{clock}$"
        return Layout(mark.join(name.split()), pattern, needs_hint)

    return (
        of("%d %m %Y", _DAY, _MONTH, _YEAR),
        of("%m %d %Y", _MONTH, _DAY, _YEAR),
        of("%d %m %y", _DAY, _MONTH, _SHORT_YEAR),
        of("%m %d %y", _MONTH, _DAY, _SHORT_YEAR),
        of("%m %Y", _MONTH, _YEAR, needs_hint=mark == "."),  # 10.2020 is a number before it is a month
    )


LAYOUTS: tuple[Layout, ...] = (
    Layout("ISO 8601", rf"^{_YEAR}-{_MONTH}(?:-{_DAY}{_CLOCK})?$"),
    Layout("%Y/%m/%d", rf"^{_YEAR}/{_MONTH}(?:/{_DAY}{_CLOCK})?$"),
    Layout("%Y.%m.%d", rf"^{_YEAR}\.{_MONTH}\.{_DAY}\.?{_CLOCK}$"),
    *(layout for mark in "/.-" for layout in _numeric(mark)),
    Layout("%d %b %Y", rf"^{_WEEKDAY}{_DAY}\.?[ \-/]?{_MONTH_NAME},?[ \-/]?{_YEAR}{_CLOCK}$"),
    Layout("%d %b %y", rf"^{_DAY}[ \-/]{_MONTH_NAME}[ \-/]{_SHORT_YEAR}{_CLOCK}$"),
    Layout("%b %d, %Y", rf"^{_WEEKDAY}{_MONTH_NAME} {_DAY},? {_YEAR}{_CLOCK}$"),
    Layout("%Y %b %d", rf"^{_YEAR}[ \-/]{_MONTH_NAME}[ \-/]{_DAY}{_CLOCK}$"),
    Layout("%b %Y", rf"^{_MONTH_NAME}[ \-/]?{_YEAR}$"),
    Layout("%Y %b", rf"^{_YEAR}[ \-/]?{_MONTH_NAME}$"),
    Layout("%b-%y", rf"^{_MONTH_NAME}[\-/ ]{_SHORT_YEAR}$"),
    Layout("%YM%m", r"^(?P<Y>\d{4})[ \-]?[Mm](?P<m>\d{1,2})$"),
    Layout("%Y-Q", r"^(?P<Y>\d{4})[ \-/]?[Qq](?P<q>[1-4])$"),
    Layout("Q-%Y", r"^[Qq](?P<q>[1-4])[ \-/](?P<Y>\d{4})$"),
    Layout("%G-W%V", r"^(?P<Y>\d{4})-?W(?P<w>\d{2})(?:-?(?P<u>[1-7]))?$"),
    Layout(
        "%Y%m%dT%H%M%S",
        r"^(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[T_ \-](?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2}))?(?P<z>Z)?$",
    ),
    Layout("%Y%m%d", r"^(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$", needs_hint=True),
    Layout("%Y%m", r"^(?P<Y>(?:1[7-9]|2[0-2])\d{2})(?P<m>\d{2})$", needs_hint=True),
    Layout("%Y", r"^(?P<Y>\d{4})(?:\.0*)?$", needs_hint=True),
    Layout("Unix seconds", r"^(?P<e>\d{9,10})(?:\.\d*)?$", needs_hint=True),
    Layout("Unix milliseconds", r"^(?P<e>\d{12,13})$", needs_hint=True),
    Layout("Excel serial", r"^(?P<x>[1-9]\d{4}(?:\.\d*)?)$", needs_hint=True),
)

_HINT = re.compile(
    r"(?i)(?:^|[^a-z])(?:date|datum|time|zeit|zeitpunkt|timestamp|datetime|day|tag|month|monat|year|jahr|yr|"
    r"week|woche|quarter|period|ds|fecha|año|mes|jour|année|annee|mois|anno|mese|epoch|ts|utc)(?:$|[^a-z])"
)


def looks_like_time(cell: str, hinted: bool = False) -> bool:
    """True when the cell is written like a time."""
    return any(layout.matches(cell) for layout in LAYOUTS if hinted or not layout.needs_hint)


def speaks_of_time(name: str) -> bool:
    """True when a column's name says that it holds times."""
    return bool(_HINT.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))
