"""Rice and other grains, and what is ground of them."""

from storefront.demo.art_shapes import (
    DEEP_LEAF,
    PALE_LEAF,
    PAPER,
    at,
    circle,
    ellipse,
    faint,
    in_turn,
    leaf,
    rect,
    scattered,
    shape,
    steam,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import bowl, grain_heap, paper_bag, sack, spoon


def ear(fill: str, stem: str = "", grains: int = 6) -> str:
    """An ear of rice or wheat around 0,0, upright."""
    stalk = stroke(f"M0 30V{-grains * 7 + 10}", stem or fill, 2.4)
    pairs = "".join(
        ellipse(side * 5.4, 6 - n * 8, 3.3, 6.4, fill, side * 32) for n in range(grains) for side in (-1, 1)
    )
    return stalk + pairs + ellipse(0, -grains * 8 + 6, 3.2, 6.6, fill)


def drooping_ear(fill: str, light: str) -> str:
    stalk = stroke("M0 60C-2 20 2-20 26-34C38-40 50-34 54-22", "#9a9a4a", 2.4)
    seeds = [
        (20, -30, -40),
        (30, -37, -20),
        (40, -37, 10),
        (48, -31, 40),
        (54, -22, 70),
        (55, -12, 85),
        (26, -26, 60),
        (36, -30, 80),
        (44, -25, 95),
        (50, -14, 100),
        (52, -3, 90),
    ]
    return stalk + "".join(
        ellipse(x, y, 6.4, 3.4, in_turn((fill, light), n), t) for n, (x, y, t) in enumerate(seeds)
    )


def barley_ear() -> str:
    awns = stroke("M-6-10-22-52M-3-20-10-60M3-20 10-60M6-10 22-52M0-26V-64", "#d9b860", 1.6)
    return awns + ear("#c79a3a", "#b0a050", 5)


def rice_bag() -> str:
    emblem = circle(0, 0, 25, "#2f6b45") + at(0, 8, ear("#f3ead6"), 0.62)
    filled = bowl(
        148,
        138,
        58,
        28,
        "#fdfbf5",
        "#c9d3bb",
        grain_heap(52, 18, ["#fbf8ee", "#fff", "#ece4cf"], (2.6, 1.3), 60),
    )
    return still_life(
        "#dfe9d6",
        at(0, 0, sack(84, 172, 106, 138, "#f0e5cb", "#fbf5e5", "#8a6d3b", emblem)),
        filled,
        shade="#bfd0b3",
    )


def rice_sacks() -> str:
    emblem = circle(0, 0, 22, "#2f6b45") + at(0, 7, ear("#f3ead6"), 0.54)
    back = sack(132, 160, 92, 132, "#d9c8a0", "#e9dcbb", "#8a6d3b")
    front = sack(78, 174, 108, 146, "#efe2c5", "#fbf5e5", "#2f6b45", emblem)
    spilled = at(152, 174, grain_heap(58, 20, ["#fbf8ee", "#fff", "#e4dcc4"], (2.6, 1.3), 70))
    snail = at(
        168,
        146,
        shape("M-13 8Q-14 2-6 2H6Q12 2 13-6l3 0q0 14-10 14Z", "#8a7a5a")
        + circle(-1, 0, 8.5, "#6d5a3a")
        + stroke("M-1 0q4-1 4 3t-6 1 1-9 8 5", "#c9b184", 1.8),
    )
    return still_life("#d5e4cf", back, front, spilled, snail, shade="#b3c8aa", floor=174)


def brown_rice() -> str:
    tones = ["#c79a5f", "#d9b27c", "#b5864b", "#e0c08f"]
    window = circle(0, 0, 22, "#c79a5f") + "".join(
        ellipse(x, y, 3, 1.6, in_turn(tones[1:], n), n * 53) for n, (x, y) in enumerate(scattered(34, 19, 19))
    )
    return still_life(
        "#ece6d6",
        paper_bag(76, 172, 92, 134, "#b98f5c", "#a37a49", window),
        bowl(142, 136, 78, 36, "#fdfbf5", "#d6cbb2", grain_heap(70, 26, tones, (3, 1.6), 110)),
        shade="#d3c8ac",
    )


def glutinous_rice() -> str:
    heap = grain_heap(126, 52, ["#fdfbf3", "#fff", "#efe8d8", "#fff"], (3.4, 2), 190)
    return still_life(
        "#d9e3ea",
        bowl(100, 104, 140, 58, "#b8683f", "#7f4325", heap),
        spoon(132, 82, -38, "#c99a62", "#fff"),
        at(36, 136, ear("#c9a24a"), 0.9, -18),
        shade="#bccbd6",
        floor=170,
    )


def black_rice() -> str:
    heap = grain_heap(114, 42, ["#2f1b30", "#452945", "#1d0f20", "#5b3a5c"], (3.5, 1.7), 170)
    cooked = grain_heap(60, 26, ["#8a6590", "#a180a6", "#6f4b78", "#c3aac6"], (3, 2), 70)
    return still_life(
        "#e6dde8",
        bowl(88, 92, 128, 60, "#f3ece0", "#c5b6a4", heap),
        bowl(148, 140, 66, 26, "#fdfbf5", "#d2c6d6", cooked),
        steam(146, 112, "#fff", 0.6),
        shade="#cfc1d3",
        floor=168,
    )


def barley() -> str:
    heap = grain_heap(122, 44, ["#e3cd9b", "#efdfb8", "#d2b877", "#f5ead0"], (3.6, 2.3), 150)
    return still_life(
        "#f2e8cf",
        at(44, 92, barley_ear(), 1.15, -22),
        at(158, 92, barley_ear(), 1.15, 22),
        bowl(100, 110, 132, 54, "#7c8f4c", "#5c6d35", heap),
        shade="#ddcfa6",
        floor=170,
    )


def oats() -> str:
    heap = grain_heap(118, 42, ["#e6d7b4", "#f1e6cb", "#cfba8b", "#f7f0dd"], (4.6, 1.7), 140)
    return still_life("#e5e8df", at(58, 96, drooping_ear("#c9a552", "#b8923f"), 1.05, mirrored=True), at(138, 92, drooping_ear("#c9a552", "#b8923f"), 1.05),
                      bowl(98, 118, 124, 50, "#fdfbf5", "#cdd0c4", heap), shade="#cbd0c2", floor=170)  # fmt: skip


def corn() -> str:
    cob_outline = "M0-58C14-56 20-34 20-4C20 24 12 44 0 46C-12 44-20 24-20-4C-20-34-14-56 0-58Z"
    kernels = "".join(
        ellipse((c - 2.5) * 7, -52 + r * 7.4, 3.9, 4.1, in_turn(("#f8eecb", "#f3e4b2", "#fdf6de", "#7c4a78", "#f6e9c0", "#fbf3d6", "#6a3a68"), c * 5 + r * 3))
        for r in range(14) for c in range(6)
    )  # fmt: skip
    husk = shape(
        "M0 62C-18 58-30 34-30 8C-30-8-26-18-22-24C-18-2-10 24 0 40C10 24 18-2 22-24C26-18 30-8 30 8C30 34 18 58 0 62Z",
        "#9bb95a",
    )
    back = shape("M-4 60C-34 44-40 6-34-34C-20-20-10 20 0 44C10 20 20-20 34-34C40 6 34 44 4 60Z", "#7fa045")
    silk = stroke("M-4-56q-8-8-4-16M0-58q0-8 4-16M4-56q6-4 12-8", "#c9a24a", 1.6)
    cob = f"<g>{back}{silk}{shape(cob_outline, '#ecd99a')}{_cut(cob_outline, kernels)}{husk}</g>"
    return still_life(
        "#e6edd4",
        at(70, 112, cob, 1.14, -16),
        at(132, 114, cob.replace("cob", "cob2"), 1.1, 16),
        shade="#c8d4ae",
        floor=178,
    )


def _cut(outline: str, kernels: str) -> str:
    return f'<defs><clipPath id="cob"><path d="{outline}"/></clipPath></defs><g clip-path="url(#cob)">{kernels}</g>'


def roasted_powder() -> str:
    glass = shape("M-28-52H28L22 48Q21 56 13 56H-13Q-21 56-22 48Z", "#f6f3ea") + shape(
        "M-26-34H26L21 47Q20 53 13 53H-13Q-20 53-21 47Z", "#cfae80"
    )
    top = (
        ellipse(0, -34, 26, 6, "#dfc59d")
        + rect(-15, -42, 13, 13, "#fbf8f0", 3)
        + rect(3, -40, 12, 12, "#fff", 3)
    )
    heap = grain_heap(86, 34, ["#c9a472", "#d8b98c", "#bd9560"], (1.3, 1), 160)
    return still_life("#f0e7d8", at(146, 104, glass + top + faint(0.5, stroke("M-19-24-16 38", "#fff", 4)), 1.12), bowl(72, 128, 96, 40, PAPER, "#cdbd9f", heap, "#7c8f4c"),
                      at(58, 84, ear("#c9a24a"), 0.9, -24), leaf(92, 98, 22, -60, PALE_LEAF, DEEP_LEAF), shade="#d9ccb2", floor=170)  # fmt: skip
