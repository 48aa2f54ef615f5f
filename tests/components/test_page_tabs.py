"""The pages of one subject as tabs."""

from dash import dcc, html

from components.page_tabs import page_tabs


def test_the_page_that_is_open_is_marked_and_the_others_are_led_to() -> None:
    tabs = page_tabs("Portfolios", (("Optimise", "/portfolio"), ("Risk", "/risk")), current="/risk")
    first, second = tabs.children
    assert isinstance(first, dcc.Link)
    assert first.href == "/portfolio"
    assert isinstance(second, html.Span)
    assert second.to_plotly_json()["props"]["aria-current"] == "page"
