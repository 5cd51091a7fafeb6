"""Every skin, in both modes: words reach 4.5 to 1, edges of fields and marks of charts 3 to 1."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "storefront" / "static" / "css"
WORDS = [
    (
        "ink",
        "ground surface surface-2 primary-soft ok-soft warn-soft bad-soft info-soft maple-soft lake-soft leaf-soft gold-soft",
    ),
    ("ink-2", "ground surface surface-2"),
    ("ink-2", "primary-soft maple-soft lake-soft leaf-soft gold-soft"),
    ("primary-deep", "ground surface primary-soft"),
    ("on-ink", "ink"),
    ("on-primary", "primary"),
    ("on-deep", "primary-deep"),
    ("ok", "surface ok-soft"),
    ("warn", "surface warn-soft"),
    ("bad", "surface ground bad-soft"),
    ("info", "surface info-soft"),
    ("maple", "ground surface maple-soft"),
    ("lake", "ground surface surface-2 lake-soft"),
    ("leaf", "ground surface surface-2 leaf-soft"),
    ("gold", "ground surface gold-soft"),
    ("hero-ink", "hero"),
    ("hero-accent", "hero"),
    ("night-ink", "night"),
    ("night-2", "night"),
    ("night-link", "night"),
    ("on-c1", "c1"),
    ("on-c2", "c2"),
    ("on-c3", "c3"),
    ("on-c4", "c4"),
    ("on-c5", "c5"),
]
MARKS = [
    ("line-strong", "ground surface surface-2"),
    ("focus", "ground surface"),
    ("primary", "surface ground"),
    ("ink-3", "surface"),
    ("c1", "surface"),
    ("c2", "surface"),
    ("c3", "surface"),
    ("c4", "surface"),
    ("c5", "surface"),
    ("prev", "surface"),
]


def tokens(sheet: str, mode: str) -> dict[str, str]:
    """The colours of a skin; high contrast is written on top of the ordinary ones."""
    text = (CSS / sheet).read_text()
    ordinary, _, rest = text.partition('html[data-mode="hc"] {')
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", ordinary))
    if mode == "hc":
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", rest.partition("}")[0]))
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", ["normal", "hc"])
@pytest.mark.parametrize("sheet", ["colours.css", "staff.css"])
@pytest.mark.parametrize(("pairs", "least"), [(WORDS, 4.5), (MARKS, 3.0)], ids=["words", "marks"])
def test_colours_can_be_told_apart(sheet, mode, pairs, least):
    colour = tokens(sheet, mode)

    weak = [
        f"{front} on {back}: {contrast(colour[front], colour[back]):.2f}"
        for front, backs in pairs
        for back in backs.split()
        if front in colour and back in colour and contrast(colour[front], colour[back]) < least
    ]

    assert len(colour) > 30
    assert weak == []
