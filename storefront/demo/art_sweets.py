"""Teas, sweets and rice cakes."""

from storefront.demo.art_grain import ear
from storefront.demo.art_shapes import (
    INK,
    around,
    at,
    circle,
    daisy,
    ellipse,
    faint,
    in_turn,
    leaf,
    pine_sprig,
    rect,
    scattered,
    shape,
    steam,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import (
    cup,
    gift_box,
    plate,
)


def gift_sweets() -> str:
    kinds = [circle(0, 0, 10, "#f6efe0") + circle(0, 0, 5, "#e88a9a"), rect(-10, -7, 20, 14, "#d9973f", 3) + rect(-7, -3, 14, 2.4, "#f3d59a", 1) + rect(-7, 2, 14, 2.4, "#f3d59a", 1),
             rect(-11, -6.500, 22, 13, "#fbf3e2", 6) + faint(0.7, rect(-8, -4, 10, 3, "#fff", 1)), "".join(circle(x, y, 5.4, "#a8572a") for x, y, _ in around(6, 7)) + circle(0, 0, 5, "#c8793f"),
             rect(-10, -7, 20, 14, "#a9bf6c", 3) + circle(0, 0, 3.4, "#f6efe0"), rect(-11, -6.500, 22, 13, "#f0b7bd", 6) + faint(0.7, rect(-8, -4, 10, 3, "#fff", 1))]  # fmt: skip
    items = "".join(
        at(46 + c * 27, 78 + r * 24.5, in_turn(kinds, c + r * 2), 1.02) for r in range(3) for c in range(5)
    )
    dividers = stroke(
        "M30 90.500H170M30 115H170M59.500 64V142M86.500 64V142M113.500 64V142M140.500 64V142", "#e3d5b6", 1.6
    )
    return still_life("#f1e2dc", gift_box(dividers + items, fill="#a63a2e", cord="#e0c070"), shade="#d9c2ba")


def puffed_sweets() -> str:
    def one(fill: str, crumb: str) -> str:
        crumbs = "".join(
            circle(x, y, 2.4, in_turn((crumb, "#fff"), n)) for n, (x, y) in enumerate(scattered(26, 23, 11))
        )
        return rect(-27, -14, 54, 28, fill, 13) + crumbs

    pile = [
        (-46, 8, "#f9ecd0", "#e9d3a6"),
        (8, 12, "#f3bcc1", "#e89aa4"),
        (56, 6, "#f9ecd0", "#e9d3a6"),
        (-20, -12, "#f6dfa6", "#eac878"),
        (34, -12, "#f9ecd0", "#e9d3a6"),
        (6, -34, "#cfdc9c", "#b3c678"),
    ]
    return still_life(
        "#d9cbd6",
        plate(100, 148, 86, "#7c4a34", "#5d3524"),
        *(at(100 + x, 126 + y, one(a, b), 0.98, i * 31 % 14 - 7) for i, (x, y, a, b) in enumerate(pile)),
        shade="#c2b2be",
        floor=168,
    )


def rice_cake_sticks() -> str:
    one = (
        rect(-62, -11, 124, 22, "#d9bf98", 11)
        + rect(-58, -8, 110, 6, "#efdfc2", 3)
        + ellipse(57, 0, 5.6, 10, "#e8d3ae")
    )
    specks = "".join(ellipse(x, y, 1.5, 1, "#b1926a") for x, y in scattered(16, 50, 7))
    pile = [(-4, 26), (-4, 4), (2, -16), (6, -36)]
    return still_life("#e0e6dc", plate(100, 150, 88, "#4f6f6a", "#38524e"), *(at(100 + x, 120 + y * 0.92, one + specks, 1, 3 - i * 3) for i, (x, y) in enumerate(pile)),
                      at(42, 78, ear("#b98f4a"), 0.8, -24), shade="#c6cfc0", floor=168)  # fmt: skip


def songpyeon() -> str:
    places = [(-42, 0), (0, 6), (42, 0), (-22, -20), (22, -20), (0, -40)]
    greens = (("#4f7a4a", "#345a36"), ("#6a9358", "#47703f"), ("#5a8450", "#3c663a"))
    pile = "".join(
        at(100 + x, 132 + y, _half_moon(*greens[i % 3]), 0.96, i * 23 % 16 - 8)
        for i, (x, y) in enumerate(places)
    )
    needles = pine_sprig(40, 146, -168, long=40) + pine_sprig(160, 144, -16, long=38)
    needles += pine_sprig(64, 158, 172, long=38) + pine_sprig(134, 158, 10, long=42)
    return still_life(
        "#ecead8", plate(100, 148, 88, "#c99a62", "#a3713a"), needles, pile, shade="#d2cfb4", floor=168
    )


def _half_moon(fill: str, dark: str) -> str:
    body = shape("M-27 8C-26-14-10-22 0-22S26-14 27 8Q14 16 0 15T-27 8Z", fill)
    seam = stroke("M-26 8Q-14 15 0 14.500T26 8", dark, 2) + stroke("M-19 3q5-6 9-1t9-1 9 1 9 1", dark, 2.4)
    shine = shape("M-20-2C-16-13-8-17 0-18C-8-13-12-7-13-1C-17 0-20 0-20-2Z", "#cfe0a8")
    return body + seam + faint(0.5, shine)


def herbal_tea() -> str:
    jujube = ellipse(0, 0, 8, 5.6, "#8f2a22") + ellipse(-2, -2, 3, 1.4, "#c8655a")
    nuts = "".join(
        ellipse(x, y, 4, 2, "#f3dfae", t)
        for x, y, t in ((-26, 2, 20), (20, 5, -30), (30, -2, 40), (-12, -5, 70))
    )
    surface = (
        circle(-2, 0, 0.1, INK)
        + ellipse(2, 0, 15, 6.6, "#f0b03a")
        + ellipse(-2, -2, 5, 1.8, "#fbdc8e")
        + nuts
    )
    packet = (
        rect(-17, -27, 34, 54, "#7c3a24", 3)
        + rect(-17, -27, 34, 8, "#5d2817", 3)
        + circle(0, 4, 9, "#f0dfba")
        + at(0, 4, leaf(-6, 4, 14, -38, "#6d8b3f"))
    )
    return still_life(
        "#efe2d0",
        at(158, 66, packet, 0.95, 12),
        at(134, 62, packet, 0.95, -6),
        cup(90, 104, "#3a1c10", surface, "#8c9a86", "#6d7b69"),
        steam(84, 82, size=0.9),
        at(160, 160, jujube, 1.4, -20),
        at(174, 168, jujube, 1.2, 30),
        shade="#d9c6ac",
        floor=170,
    )


def daisy_tea() -> str:
    on_top = daisy(-14, -1, 1.25) + daisy(15, 2, 0.98)
    return still_life(
        "#dbe8ea",
        cup(92, 98, "#e3b75a", on_top),
        steam(88, 72),
        daisy(166, 158, 1.5),
        daisy(30, 160, 1.15),
        daisy(178, 134, 0.9),
        shade="#b9cfd3",
        floor=166,
    )


def leaf_tea(ground: str, shade: str, tea: str, one: str, dried: str, pottery: str, dark: str) -> str:
    pot = (
        shape("M-44-26C-52 4-38 36 0 36S52 4 44-26Q0-38-44-26Z", pottery)
        + shape("M42-12C60-14 62-28 74-30L70-22C64-14 62 4 44 8Z", pottery)
        + stroke("M-42-16C-72-22-72 18-38 18", pottery, 7)
    )
    lid = (
        shape("M-34-28Q-30-42 0-43T34-28Q0-20-34-28Z", dark)
        + circle(0, -46, 6, dark)
        + faint(0.3, shape("M-36-16C-38 2-32 18-20 26C-26 10-27-4-24-20Z", "#fff"))
    )
    small = at(
        150,
        146,
        ellipse(0, 22, 26, 6, shade)
        + shape("M-25-8Q-24 22 0 22T25-8Z", "#fdfbf5")
        + ellipse(0, -8, 25, 6.4, "#fdfbf5")
        + ellipse(0, -7.600, 21.500, 4.8, tea),
    )
    heap = at(
        52,
        168,
        "".join(
            at(x, y, leaf(-9, 0, 18, 0, in_turn((dried, "#8a8f55"), n), "", 0.24), turn=n * 73)
            for n, (x, y) in enumerate(scattered(12, 26, 6))
        ),
    )
    return still_life(
        ground,
        at(84, 112, pot + lid, 1.16),
        small,
        steam(148, 130, "#fff", 0.55),
        heap,
        one,
        shade=shade,
        floor=168,
    )


def mulberry_leaf_tea() -> str:
    blade = shape(
        "M0-30C10-30 16-20 16-14C26-18 32-6 26 6C22 20 8 26 0 32C-8 26-22 20-26 6C-32-6-26-18-16-14C-16-20-10-30 0-30Z",
        "#5f9040",
    ) + stroke("M0-24V38M0 8 18-4M0 8-18-4M0 20 12 12M0 20-12 12", "#a9c97c", 1.7)
    return leaf_tea(
        "#e0ead9",
        "#c3d2b8",
        "#b9c45a",
        at(38, 48, blade, 0.96, -24) + at(162, 66, blade, 0.86, 24),
        "#55683a",
        "#6f8f86",
        "#55736b",
    )


def persimmon_leaf_tea() -> str:
    blade = leaf(-30, 0, 66, 0, "#d9803a", "#f3c78a", 0.42) + leaf(
        -26, 14, 54, 32, "#b4502c", "#e8a070", 0.42
    )
    return leaf_tea(
        "#f3e6d3", "#dfcaa9", "#dba04a", at(150, 66, blade, 0.86, -28), "#8a5a34", "#a8593c", "#87432a"
    )
