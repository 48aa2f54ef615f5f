"""Figures of a result: each under its name, with its definition on hover and focus."""

from collections.abc import Iterable, Mapping

from dash import html

from components.defined import defined

Fact = tuple[str, str, str]
"""Title, value, and the name of its definition; empty for none."""


def facts_list(facts: Iterable[Fact], definitions: Mapping[str, str]) -> html.Dl:
    """Return the facts; those that `definitions` knows say what they mean."""
    return html.Dl([_fact(title, value, definitions.get(name)) for title, value, name in facts], className="la-facts")


def _fact(title: str, value: str, meaning: str | None) -> html.Div:
    return html.Div([html.Dt(title if meaning is None else defined(title, meaning)), html.Dd(value)])
