"""The table of saved portfolios: what they hold as JSON, beside what is looked up."""

from sqlalchemy import Column, Float, Integer, String, Table, Text

from services.jobs.table import METADATA

PORTFOLIOS = Table(
    "portfolios",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
    Column("body", Text, nullable=False),
)
