"""What a fitted model is called where there is little room: charts, legends and tables."""

import re
from typing import get_args

from components.form.kinds import title_of
from compute.forecast.request import Model

LONGEST = 40  # letters that a table's first column and a chart's title have room for
_TITLES = {
    str(record.model_fields["kind"].default): title_of(record, str(record.model_fields["kind"].default))
    for record in get_args(get_args(Model)[0])
}


def beginning(description: str) -> str:
    """Return the description of a fitted model, or the first of a long list of them without its share."""
    if len(description) <= LONGEST:
        return description
    first, *others = re.split(r"(?:,| \+) (?=[A-Z])", description.removeprefix("Average of "))
    first = re.sub(r" \d+ ?%$", "", first)
    return f"{first} and others" if others else f"{first[:LONGEST].rstrip()} …"


def short_name(kind: str, description: str) -> str:
    """Return the description of a fitted model, or the name of its kind where that is a list of several."""
    return description if len(description) <= LONGEST else _TITLES.get(kind, description)
