"""The table of saved maps: what is in them as JSON, beside what lists tell."""

from sqlalchemy import Column, Float, Integer, String, Table, Text

from services.jobs.table import METADATA
from services.maps.records import MAX_NAME, MAX_SOURCE

MAPS = Table(
    "maps",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", String(MAX_NAME), nullable=False, unique=True),
    Column("source", String(MAX_SOURCE), nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("obstacles", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("body", Text, nullable=False),
)
