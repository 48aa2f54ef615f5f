"""A job page at its address: its callbacks, and what it looks like when it is opened."""

from collections.abc import Callable

from dash.development.base_component import Component

from pages._job_callbacks import register_callbacks
from pages._job_page import page_layout
from pages._job_records import JobPage


def job_layout(page: JobPage) -> Callable[..., Component]:
    """Connect a page and return its `layout`, which the module of the page keeps under that name.

    The words of an address are what it asks for: `job`, `compare`, `run` or `fill`, or `dataset` and `column`.
    """
    register_callbacks(page)

    def layout(**query: str) -> Component:
        return page_layout(page, query)

    return layout
