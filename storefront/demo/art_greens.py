"""Cabbages, peppers, greens, bitter melons and mushrooms."""

from storefront.demo.art_shapes import (
    around,
    at,
    circle,
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
    ball_heap,
    bamboo_tray,
    basket,
    bowl,
    dots,
    gift_box,
    grain_heap,
    jar,
    spoon,
)


def half_cabbage() -> str:
    outer = "M0 50C-34 50-48 26-44-4C-42-30-22-52 0-52C22-52 42-30 44-4C48 26 34 50 0 50Z"
    layers = [
        (1, "#8fb04f"),
        (0.88, "#b5cd72"),
        (0.74, "#d3df96"),
        (0.59, "#ecebb4"),
        (0.43, "#f7efb0"),
        (0.27, "#f3e08a"),
    ]
    body = "".join(at(0, 50 - 50 * size, shape(outer, fill), size) for size, fill in layers)
    ribs = stroke(
        "M0 48C-12 30-24 10-26-14M0 48C-6 26-10 4-10-24M0 48C6 26 10 4 10-24M0 48C12 30 24 10 26-14",
        "#fdfbee",
        3.6,
    )
    return body + ribs + shape("M-16 50Q-12 32 0 30Q12 32 16 50Z", "#fbf8e6")


def salted_cabbage() -> str:
    tub = shape("M-80 0H80L72 34Q71 40 64 40H-64Q-71 40-72 34Z", "#4f7f8a") + rect(
        -84, -4, 168, 11, "#6b9aa4", 5
    )
    salt = dots([(x, y) for x, y in scattered(34, 60, 34)], 1.7, "#fff")
    halves = (
        at(-45, -18, half_cabbage(), 0.92, -22)
        + at(45, -18, half_cabbage(), 0.92, 22)
        + at(0, -34, half_cabbage(), 1.06)
    )
    return still_life("#dde8e6", at(100, 130, halves + at(0, -40, salt) + tub), shade="#bfd0cd")


def green_onions() -> str:
    stalks = "".join(
        stroke(f"M{100 + o * 3.4} 128Q{100 + o * 5} 84 {100 + o * 9.5} {28 + abs(o) * 3}", in_turn(("#4f8a3a", "#6fa24a", "#5d9642"), o), 6.4)
        + stroke(f"M{100 + o * 3.4} 128V150", "#f6f7e6", 6.8) + circle(100 + o * 3.5, 151, 5, "#fbfbf2") + stroke(f"M{100 + o * 3.5} 155l-3 8M{100 + o * 3.5} 155l2 9", "#d9cfae", 1.2)
        for o in range(-7, 8)
    )  # fmt: skip
    return still_life("#e6ecd6", stalks, rect(70, 110, 60, 10, "#c9a24a", 4), shade="#cad4b4", floor=166)


def chives() -> str:
    blades = "".join(
        stroke(
            f"M{54 + n * 4.2} {166 - n % 3}Q{66 + n * 3.6} 104 {50 + n * 5.2 + (n % 4 - 2) * 4} {30 + n * 7 % 16}",
            in_turn(("#3f7a3a", "#5a9648", "#336b34", "#4c8a40"), n),
            3.4,
        )
        for n in range(23)
    )
    return still_life(
        "#dfe9e0",
        blades,
        rect(50, 116, 100, 13, "#d9b070", 5),
        faint(0.3, rect(50, 116, 100, 4, "#fff", 2)),
        shade="#c2d1c4",
        floor=170,
    )


def pepper(fill: str = "#c4281f", light: str = "#e8685a", stem: str = "#6d8b3f") -> str:
    body = "M-34-9C-20-15 8-12 30-1C38 4 46 12 48 17C36 14 24 14 10 14C-12 15-32 12-38 4C-40-2-38-7-34-9Z"
    shine = faint(0.7, shape("M-28-5C-16-9 4-7 20 0C6-2-14-2-26 2C-30 0-31-3-28-5Z", light))
    return (
        shape(body, fill)
        + shine
        + shape("M-33-10q-9 3-7 14q4 3 8 1q-4-8 1-14Z", stem)
        + stroke("M-39-2q-9-2-13-8", stem, 3.4)
    )


def dried_peppers() -> str:
    lying = "".join(
        at(
            x,
            y - 4,
            pepper(in_turn(("#9e1f1a", "#b32a1f", "#871915"), i), "#d8695a", "#a98f4f"),
            0.72,
            i * 83 % 180,
        )
        for i, (x, y) in enumerate(scattered(15, 54, 34))
    )
    return still_life(
        "#f3e2cf", at(100, 112, bamboo_tray(0, 0, 84, 52)), at(100, 112, lying), shade="#dfc8aa", floor=168
    )


def pepper_powder() -> str:
    heap = grain_heap(118, 50, ["#b8281a", "#cf3d26", "#9c1f14", "#e0573a"], (1.7, 1.2), 260)
    return still_life(
        "#f2e0d6",
        bowl(92, 104, 132, 58, "#fdfbf5", "#d6bfae", heap),
        spoon(138, 150, -52, "#c99a62", "#b8281a"),
        at(52, 164, pepper("#a8231b", "#d8695a", "#a98f4f"), 0.72, -8),
        shade="#dcc2b4",
        floor=170,
    )


def hot_peppers() -> str:
    places = [
        (-24, -24, 30),
        (18, -28, -20),
        (-40, -8, -30),
        (40, -10, 30),
        (0, -14, 8),
        (-16, 2, -12),
        (26, 2, -34),
    ]
    heap = "".join(
        at(x, y, pepper(in_turn(("#4f8f35", "#3f7a2e", "#62a044"), i), "#a9d07c", "#3a5f28"), 0.9, t)
        for i, (x, y, t) in enumerate(places)
    )
    return still_life(
        "#f0ead8",
        basket(100, 106, 140, 56, heap),
        at(56, 164, pepper("#4f8f35", "#a9d07c", "#3a5f28"), 0.76, 10),
        at(150, 166, pepper("#3f7a2e", "#8dbd66", "#3a5f28"), 0.7, -14),
        shade="#d8d0b4",
    )


def bitter_melon() -> str:
    body = "M-58 6C-50-14-20-24 8-20C34-17 52-6 62 8C46 20 20 26-8 24C-32 23-52 18-58 6Z"
    warts = "".join(
        ellipse(x, y + 2, 4.4, 2.7, in_turn(("#8fb45a", "#5f8a38"), n), 10)
        for n, (x, y) in enumerate(scattered(44, 50, 18))
    )
    return stroke("M-56 5q-12-4-16-12", "#5f7a38", 4) + shape(body, "#6f9c45") + inside(body, "warts", warts)


def bitter_slice(fill: str = "#a9a65a", core: str = "#e9dfb6") -> str:
    bumps = "".join(circle(x, y * 0.72, 4.6, fill) for x, y, _ in around(11, 15))
    seeds = "".join(ellipse(x, y * 0.72, 2.3, 1.6, "#b98f54") for x, y, _ in around(4, 5, 20))
    return bumps + ellipse(0, 0, 15.5, 11.5, fill) + ellipse(0, 0, 10.5, 7.4, core) + seeds


def dried_bitter_melon() -> str:
    slices = "".join(
        at(x, y - 4, bitter_slice(in_turn(("#9a9a4c", "#8a8c42", "#aba85e"), i)), 0.86, i * 50 % 30 - 15)
        for i, (x, y) in enumerate(scattered(16, 56, 32))
    )
    return still_life(
        "#e9e8d6",
        at(100, 124, bamboo_tray(0, 0, 82, 46)),
        at(100, 124, slices),
        at(104, 52, bitter_melon(), 0.92, -8),
        shade="#d0cfb4",
        floor=172,
    )


def bitter_pills() -> str:
    emblem = at(0, 0, bitter_melon(), 0.34, -12)
    pills = ball_heap(58, 20, circle(0, 0, 5, "#4f5a2c") + circle(-1.5, -1.6, 1.5, "#9aa55c"), 4.6, 4)
    return still_life("#e3e8da", jar(76, 172, 88, 112, "#59642f", "#77834a", emblem, lid="#f3ecd8", tie="#4d6b2f"),
                      bowl(150, 148, 66, 22, "#fdfbf5", "#c9d0ba", pills), at(150, 112, bitter_slice("#7ea04a", "#e3e8b4"), 0.9, 12), shade="#c6ceb8")  # fmt: skip


def bracken() -> str:
    stems = "".join(
        stroke(f"M{64 + n * 9} 168Q{70 + n * 7} 104 {58 + n * 10} {62 + n * 11 % 18}c-2-14 14-16 15-6s-9 9-10 3", in_turn(("#6b4a2c", "#7d5a36", "#583b22"), n), 4.6)
        for n in range(9)
    )  # fmt: skip
    return still_life("#e7e3d2", stems, rect(58, 118, 86, 11, "#c9a24a", 5), shade="#cec8b0", floor=170)


def radish_greens() -> str:
    bunches = ""
    for x in (38, 79, 121, 162):
        blades = "".join(
            leaf(
                0,
                12,
                124 - abs(t) * 2,
                90 + t,
                in_turn(("#6f7d46", "#57663a", "#828d55"), n),
                "#a3a86d",
                0.15,
            )
            for n, t in enumerate((-20, 20, -12, 12, -5, 6))
        )
        bunches += at(
            x,
            36,
            stroke("M0-8V16", "#d9c9a8", 3)
            + "".join(stroke(f"M{o} 4L{o * 1.5} 34", "#cdbf86", 4.4) for o in (-7, -2, 3, 8))
            + blades
            + rect(-13, 10, 26, 8, "#a8813f", 4),
        )
    return still_life(
        "#e3e6d8",
        rect(0, 22, 200, 12, "#8a5f38", 3),
        faint(0.3, rect(0, 22, 200, 4, "#fff")),
        bunches,
        faint(0.35, ellipse(100, 184, 84, 7, "#a9ad8f")),
    )


def aster_leaf(fill: str) -> str:
    blade = shape("M0-26C12-22 22-6 20 8C14 14 6 12 0 20C-6 12-14 14-20 8C-22-6-12-22 0-26Z", fill)
    return blade + stroke("M0-20V26M0-4 12-8M0 4 13 4M0-4-12-8M0 4-13 4", "#a3ab7c", 1.3)


def dried_aster() -> str:
    heap = "".join(
        at(
            x,
            y - 20,
            aster_leaf(in_turn(("#5c6a40", "#4c5a36", "#6d774a", "#79804f"), i)),
            0.82,
            i * 97 % 360,
        )
        for i, (x, y) in enumerate(scattered(24, 56, 24))
    )
    return still_life(
        "#e9e5d4",
        basket(100, 112, 146, 52, heap, "#c9a873", "#a07b45"),
        at(48, 54, aster_leaf("#6f9a4c"), 1, -24),
        at(150, 48, aster_leaf("#5d8a40"), 1.15, 28),
        shade="#d0cab2",
    )


def king_oyster() -> str:
    stem = "M-13-26C-17 0-22 26-20 46Q-18 54 0 54T20 46C22 26 17 0 13-26Z"
    gills = stroke("M-10-22q2 10-2 20M-3-22v22M4-22v22M11-22q-1 10 2 20", "#e0d4bb", 1.4)
    cap = shape("M-30-24C-30-42-14-50 0-50S30-42 30-24Q14-17 0-17T-30-24Z", "#a5805a") + faint(
        0.4, shape("M-22-30C-18-40-8-45 2-45C-8-40-12-34-12-26C-18-26-22-27-22-30Z", "#fff")
    )
    shaded = inside(stem, "stem", rect(9, -40, 30, 120, "#e9dcc4"))
    return shape(stem, "#fbf5e8") + shaded + gills + cap


def king_oysters() -> str:
    return still_life(
        "#dde6e2",
        at(58, 116, king_oyster(), 0.98, -12),
        at(142, 116, king_oyster(), 0.98, 12),
        at(100, 110, king_oyster(), 1.2),
        shade="#c1cfc9",
        floor=170,
    )


def shiitake() -> str:
    cracks = stroke("M0-13l-5 9 5 8M0-4 10-7M-5-4-14-8M0 4 9 8M-4 5-12 9M12-2 16 4", "#f1e2c8", 2.6)
    return circle(0, 0, 19, "#6a4326") + circle(0, -1.5, 17, "#87592f") + cracks


def gift_shiitake() -> str:
    items = "".join(
        at(50 + c * 33.5, 85 + r * 36, shiitake(), 0.84, c * 61 + r * 40) for r in range(2) for c in range(4)
    )
    return still_life("#e8e4d5", gift_box(items, fill="#3f5a41", cord="#d9b45a"), shade="#cfc9b2")
