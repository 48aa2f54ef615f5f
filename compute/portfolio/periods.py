"""How many periods a year has, from the times of the rows."""

import numpy as np

from compute.frequency import DAY, BusinessDay, CalendarStep, FixedStep
from compute.timeindex import Times, infer_frequency

YEAR_NS = 365.2425 * DAY
BUSINESS_DAYS = 252.0  # trading days of a year: what the peers and the literature annualise with
LONG_ENOUGH = 60 * DAY  # over which rows within days are counted rather than their step: markets close


def periods_per_year(timestamps: Times | None) -> tuple[float, str]:
    """Return the number of periods in a year, and in words where it comes from.

    Parameters
    ----------
    timestamps : datetime64[ns] (T,) increasing, or None
    """
    if timestamps is None or timestamps.size < 2:
        return BUSINESS_DAYS, "252 periods a year, as of business days: there are no times to tell"
    step = infer_frequency(timestamps)
    span = float((timestamps[-1] - timestamps[0]).astype(np.int64))
    if isinstance(step, BusinessDay):
        return BUSINESS_DAYS, "252 periods a year: business days"
    if isinstance(step, CalendarStep):
        return 12.0 / step.months, f"{12.0 / step.months:g} periods a year: one is {step.words}"
    if isinstance(step, FixedStep) and (step.nanoseconds >= DAY or span < LONG_ENOUGH):
        count = _round(YEAR_NS / step.nanoseconds)
        return count, f"{count:g} periods a year: one is {step.words}"
    count = _round((timestamps.size - 1) * YEAR_NS / span)
    return count, f"{count:g} periods a year: the rows were counted"


def _round(count: float) -> float:
    """Return whole periods where there are some; years that take part of a period stay a fraction."""
    return float(round(count)) if count >= 2 else count
