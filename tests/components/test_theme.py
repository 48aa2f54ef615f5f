"""Colours that can be read: contrasts as WCAG 2.1 defines them, computed from the theme itself."""

import itertools

import plotly.io as pio
import pytest

from components.theme import DASHES, GRAPH_CONFIG, PALETTE, SYMBOLS, TEMPLATES, THEME, with_alpha

TEXT = 4.5  # WCAG 2.1 AA for text
GRAPHICS = 3.0  # and for lines and icons


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.1)."""
    channels = [int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", PALETTE)
def test_every_line_colour_can_be_seen_on_both_surfaces(colour: str, scheme: str) -> None:
    assert contrast(colour, TEMPLATES[scheme].layout.paper_bgcolor) >= GRAPHICS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_of_charts_can_be_read(scheme: str) -> None:
    layout = TEMPLATES[scheme].layout
    for ink in (layout.font.color, layout.xaxis.tickfont.color, layout.yaxis.title.font.color):
        assert contrast(ink, layout.paper_bgcolor) >= TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_white_text_can_be_read_on_the_accent(scheme: str) -> None:
    shade = THEME["colors"][THEME["primaryColor"]][THEME["primaryShade"][scheme]]
    assert contrast("#ffffff", shade) >= TEXT


def test_templates_are_known_to_plotly_and_the_light_one_is_its_default() -> None:
    assert {"lookahead_light", "lookahead_dark"} <= set(pio.templates)
    assert pio.templates.default == "lookahead_light"


def test_lines_are_told_apart_by_more_than_colour() -> None:
    assert len(set(PALETTE)) == len(PALETTE)
    assert len(set(DASHES)) == len(DASHES) >= 5
    assert len(set(SYMBOLS)) == len(SYMBOLS) >= 5
    assert all(one != other for one, other in itertools.combinations(PALETTE, 2))


def test_charts_offer_no_button_that_sends_data_away() -> None:
    assert GRAPH_CONFIG["showSendToCloud"] is False


def test_alpha_keeps_the_colour() -> None:
    assert with_alpha("#2a7fb8", 0.25) == "rgba(42, 127, 184, 0.25)"
