"""The kinds of file a table can come in: each is read as a stream of blocks of text cells, in flat memory."""

from services.datasets.sources.open import open_source
from services.datasets.sources.source import MAX_CELLS, MAX_COLUMNS, Block, Source, SourceOptions, check_size, refuse

__all__ = ["MAX_CELLS", "MAX_COLUMNS", "Block", "Source", "SourceOptions", "check_size", "open_source", "refuse"]
