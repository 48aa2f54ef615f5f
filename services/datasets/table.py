"""The table of datasets: what is known of each, as JSON, beside what lists and deletions ask for."""

from sqlalchemy import Column, Float, Integer, String, Table, Text

from services.jobs.table import METADATA

DATASETS = Table(
    "datasets",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, index=True),  # names the file of its columns; versions may share one
    Column("created_at", Float, nullable=False),
    Column("info", Text, nullable=False),
)
