"""What a fitted model is called where there is little room: charts, legends and tables."""

from typing import get_args

from components.form.kinds import title_of
from compute.forecast.request import Model

LONGEST = 40  # letters that a table's first column and a chart's title have room for
_TITLES = {
    str(record.model_fields["kind"].default): title_of(record, str(record.model_fields["kind"].default))
    for record in get_args(get_args(Model)[0])
}


def short_name(kind: str, description: str) -> str:
    """Return the description of a fitted model, or the name of its kind where that is a list of several."""
    return description if len(description) <= LONGEST else _TITLES.get(kind, description)
