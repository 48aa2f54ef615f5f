"""The job engine's truth: one table of jobs, and everything that may be done to it."""

from services.jobs.records import Claim, Job, JobError, JobPage, JobState, ListedJob, Measures, Submission
from services.jobs.store import JobStore, LeaseLostError
from services.jobs.table import open_engine

__all__ = [
    "Claim",
    "Job",
    "JobError",
    "JobPage",
    "JobState",
    "JobStore",
    "LeaseLostError",
    "ListedJob",
    "Measures",
    "Submission",
    "open_engine",
]
