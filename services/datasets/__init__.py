"""Datasets: uploads, parsing, audit, repair, storage by content."""
