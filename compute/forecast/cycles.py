"""Cycles longer than the season: the week of a series whose season is a day, the year of one whose season is a week."""

LONGER_CYCLES = {24: 7, 48: 7, 96: 7, 144: 7, 288: 7, 7: 52, 5: 52}  # seasons in a week of days, or a year of weeks


def longer_cycle(season_length: int) -> int:
    """Return the steps in the cycle above a season, 0 where none is known."""
    return season_length * LONGER_CYCLES.get(season_length, 0)
