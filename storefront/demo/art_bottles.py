"""Juices, jams, syrups, oils and honey in their bottles, jars and pouches."""

from storefront.demo.art_beans import bean, perilla_leaf, sesame_pod
from storefront.demo.art_fruit import (
    apple,
    bramble,
    green_plum,
    half_apple,
    mulberry,
    pear,
)
from storefront.demo.art_grain import ear
from storefront.demo.art_roots import bellflower
from storefront.demo.art_shapes import (
    DEEP_LEAF,
    LEAF,
    PALE_LEAF,
    PAPER,
    around,
    at,
    ellipse,
    faint,
    in_turn,
    inside,
    leaf,
    rect,
    scattered,
    shape,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import (
    bottle,
    grain_heap,
    jar,
    onggi,
    onggi_lid,
    pouch,
)


def apple_juice() -> str:
    return still_life("#f6e3cf", pouch(60, 172, 62, 118, "#d23b32", "#a92a24", at(0, 2, apple(), 0.46)), pouch(124, 172, 62, 118, "#e04c40", "#b5322a", at(0, 2, apple(), 0.46)),
                      at(160, 146, half_apple(), 0.72), shade="#dfc6a8")  # fmt: skip


def pear_juice() -> str:
    return still_life("#e9e6d3", pouch(56, 172, 62, 118, "#d8a94e", "#b98932", at(0, 2, pear(), 0.42)), pouch(120, 172, 62, 118, "#c9983d", "#a67a27", at(0, 0, bellflower(), 0.7)),
                      at(156, 146, pear(), 0.78), at(166, 92, bellflower(), 0.7, 20), shade="#d0cbae")  # fmt: skip


def mulberry_juice() -> str:
    return still_life("#e5deec", pouch(60, 172, 62, 118, "#54265e", "#3c1745", at(0, 0, mulberry(), 1.05)), pouch(124, 172, 62, 118, "#65306f", "#481f52", at(0, 0, mulberry(), 1.05)),
                      at(160, 152, mulberry(), 1.25, 30), at(176, 162, mulberry(), 1, 70), leaf(160, 130, 26, -40, LEAF, DEEP_LEAF), shade="#cbc0d6")  # fmt: skip


def bramble_bottles() -> str:
    berry = at(0, 2, bramble("#7a1f3d", "#b3597a"), 0.95)
    return still_life("#f0dfe2", bottle(72, 174, 50, 146, "#5a1830", "#8a3352", berry), bottle(124, 174, 50, 146, "#6a1d38", "#9a4060", berry),
                      at(160, 160, bramble(), 0.95), at(172, 166, bramble(), 0.8, 40), at(38, 166, bramble(), 0.85, -20), shade="#dcc2c8", floor=174)  # fmt: skip


def bramble_jam() -> str:
    bread = shape(
        "M-34-18Q-40-36-20-36H20Q40-36 34-18L32 28Q32 34 26 34H-26Q-32 34-32 28Z", "#b97f42"
    ) + shape("M-29-18Q-33-31-18-31H18Q33-31 29-18L27 25Q27 29 23 29H-23Q-27 29-27 25Z", "#f3ddb3")
    spread = shape("M-20-14Q-8-26 8-20T22-4Q24 14 8 18T-18 14Q-26 2-20-14Z", "#7a1f3d") + faint(
        0.6, stroke("M-10-8q10-6 18 0M-8 6q10 4 18-2", "#b3597a", 3)
    )
    return still_life(
        "#f3e4dc",
        jar(
            72,
            172,
            86,
            104,
            "#5f1734",
            "#8a3352",
            at(0, 2, bramble("#7a1f3d", "#b3597a"), 0.95),
            tie="#7a1f3d",
        ),
        at(146, 138, bread + spread, 0.94, 10),
        at(128, 170, bramble(), 0.6),
        shade="#dfc8bd",
    )


def plum_syrup() -> str:
    plums = "".join(
        at(x, y, faint(0.85, green_plum()), 0.92, i * 40)
        for i, (x, y) in enumerate([(-22, -20), (8, -16), (28, -26), (-8, -40), (22, -52), (-26, -50)])
    )
    body = "M-44-104q0-10 10-12v-14h68v14q10 2 10 12V-14q0 14-14 14H-30q-14 0-14-14Z"
    glass = shape(body, "#f0ecd9") + inside(
        body, "syrup", rect(-44, -96, 88, 100, "#c98b2b"), rect(-44, -96, 88, 7, "#e5b75c"), plums
    )
    clip = rect(-38, -140, 76, 13, "#8a939a", 4) + stroke("M38-132q14 6 6 22", "#8a939a", 3)
    shine = faint(0.35, rect(-37, -98, 7, 80, "#fff", 3.5))
    return still_life(
        "#e8ecd5",
        at(86, 174, glass + shine + clip),
        at(150, 156, green_plum(), 1.3),
        at(168, 166, green_plum(), 1),
        leaf(150, 138, 30, -40, LEAF, DEEP_LEAF),
        shade="#ccd3b0",
    )


def oil_pair(ground: str, shade: str, oil: str, light: str, emblem: str, beside: str) -> str:
    return still_life(
        ground,
        beside,
        bottle(72, 174, 46, 142, oil, light, emblem, cap="#c9973a"),
        bottle(120, 174, 46, 142, oil, light, emblem, cap="#c9973a"),
        shade=shade,
        floor=174,
    )


def sesame_oil() -> str:
    seeds = "".join(
        ellipse(x, y, 3, 1.8, in_turn(("#e3c88c", "#d2b06a"), n), n * 60)
        for n, (x, y) in enumerate(scattered(9, 10, 9))
    )
    spilled = at(158, 170, grain_heap(44, 15, ["#ead7a8", "#f6e9c8", "#d0b47a"], (2.2, 1.3), 60))
    return oil_pair(
        "#f1e5cf", "#dccaa6", "#9a5a1c", "#c78638", seeds, at(158, 88, sesame_pod(), 1, 10)
    ).replace("</svg>", spilled + "</svg>")


def perilla_oil() -> str:
    return oil_pair(
        "#e2ead6",
        "#c7d2b4",
        "#b8902e",
        "#d8b65c",
        at(0, -1, perilla_leaf(), 0.42),
        at(158, 126, perilla_leaf(), 1.1, 24) + at(36, 140, perilla_leaf(), 0.7, -30),
    )


def soy_sauce() -> str:
    dish = at(
        150,
        162,
        ellipse(0, 2, 32, 9, "#cfc4ac")
        + ellipse(0, 0, 32, 9, PAPER)
        + ellipse(0, 0, 25, 6.4, "#3a1f10")
        + faint(0.4, ellipse(-8, -1.500, 8, 1.6, "#b98a5a")),
    )
    emblem = at(-8, 0, bean("#e2bd62", "#f6e3aa", "#a87c2e")) + at(
        8, 3, bean("#d9b053", "#f6e3aa", "#a87c2e"), 1, 30
    )
    return still_life(
        "#e9e2d4",
        onggi(140, 150, 78, 78),
        onggi_lid(140, 74, 72),
        bottle(74, 174, 56, 150, "#2d1a12", "#5d3a26", emblem, cap="#8b2f22"),
        dish,
        shade="#d0c6b0",
        floor=172,
    )


def honey() -> str:
    comb = "".join(shape(" ".join(f"{'M' if i == 0 else 'L'}{x + cx:.1f} {y + cy:.1f}" for i, (x, y, _) in enumerate(around(6, 7.4, 30))) + "Z", c)
                   for cx, cy, c in ((-7, -5, "#e8a92c"), (7, -5, "#f0bd4e"), (0, 7.6, "#d98e16")))  # fmt: skip
    dipper = at(
        152,
        118,
        stroke("M0 0V-62", "#a87140", 5)
        + "".join(
            rect(-13 + abs(n - 2) * 2, -4 + n * 8, 26 - abs(n - 2) * 4, 6, "#b98250", 3) for n in range(5)
        )
        + shape("M-9 34Q0 62 3 54T9 34Z", "#eba52a"),
        turn=16,
    )
    flowers = "".join(
        at(x, y, ellipse(0, 0, 6, 4, "#fffdf4", 30) + ellipse(4, 3, 4.6, 3.4, "#f4efd6", -20))
        for x, y in ((40, 44), (48, 54), (38, 62), (50, 70), (42, 80), (30, 52), (31, 72))
    )
    return still_life("#efe7d3", stroke("M30 28Q48 52 40 92", LEAF, 2.6), leaf(32, 32, 26, 12, PALE_LEAF, LEAF), leaf(34, 36, 24, 150, PALE_LEAF, LEAF), flowers,
                      jar(90, 172, 104, 116, "#dd9318", "#f2bb4c", comb), dipper, shade="#d8cba8")  # fmt: skip


def syrup_jar() -> str:
    drip = at(
        150,
        84,
        stroke("M0 0 22-48", "#a87140", 7)
        + ellipse(-1, 4, 10, 14, "#b98250", 24)
        + shape("M-9 8Q-4 24-3 58Q-2 70 1 58Q3 24 7 10Z", "#a3561c"),
    )
    pool = (
        ellipse(148, 160, 32, 9, PAPER)
        + ellipse(148, 159, 25, 6, "#a3561c")
        + faint(0.5, ellipse(140, 157, 7, 1.6, "#e9a765"))
    )
    return still_life(
        "#f2e6d0",
        jar(
            80,
            172,
            98,
            116,
            "#8f4716",
            "#b96a28",
            at(0, 7, ear("#c9973a"), 0.44),
            lid="#e9dcbb",
            tie="#5b331b",
        ),
        pool,
        drip,
        shade="#dccba8",
    )
