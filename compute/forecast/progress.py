"""Progress of a part inside the progress of the whole, which never goes back."""

from compute.job import Report


def portion(report: Report, start: float, stop: float) -> Report:
    """Return a report whose 0..1 becomes `start`..`stop` of the given one."""

    def report_portion(fraction: float, message: str) -> None:
        report(start + (stop - start) * min(max(fraction, 0.0), 1.0), message)

    return report_portion


def rising(report: Report) -> Report:
    """Return a report that repeats the highest fraction so far where a lower one comes in.

    Searches whose length nobody knows may begin again; a bar that goes back tells the reader nothing.
    """
    highest = 0.0

    def report_rising(fraction: float, message: str) -> None:
        nonlocal highest
        highest = max(highest, fraction)
        report(highest, message)

    return report_rising
