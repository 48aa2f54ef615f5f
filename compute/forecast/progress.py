"""Progress of a part inside the progress of the whole."""

from compute.job import Report


def portion(report: Report, start: float, stop: float) -> Report:
    """Return a report whose 0..1 becomes `start`..`stop` of the given one."""

    def report_portion(fraction: float, message: str) -> None:
        report(start + (stop - start) * min(max(fraction, 0.0), 1.0), message)

    return report_portion
