"""How far a computation is, told in estimates."""

from dataclasses import dataclass, field

from compute.job import Report

PREPARED, ALMOST = 0.02, 0.98


@dataclass
class Counted:
    """Counts estimates and reports the share that is done."""

    report: Report
    total: int
    message: str
    done: int = field(default=0)

    def __call__(self, count: int) -> None:
        """Add so many estimates, and report."""
        self.done += count
        share = min(self.done / max(self.total, 1), 1.0)
        self.report(
            PREPARED + (ALMOST - PREPARED) * share, f"{self.message}: {self.done:,} of {self.total:,} estimates"
        )
