"""The goods of orchards and berry fields, P001 to P024, as still lifes."""

from storefront.demo.art_fruit import (
    apple,
    blueberry,
    bramble,
    cut_persimmon,
    date_tomato,
    dried_persimmon,
    flat_persimmon,
    grapes,
    green_plum,
    half_apple,
    half_peach,
    melon,
    melon_slice,
    peach,
    pear,
    plum,
    pointed_persimmon,
    strawberry,
    watermelon,
    watermelon_slice,
)
from storefront.demo.art_shapes import (
    DEEP_LEAF,
    LEAF,
    PALE_LEAF,
    PAPER,
    at,
    ellipse,
    faint,
    in_turn,
    leaf,
    maple,
    rect,
    shape,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import (
    ball_heap,
    basket,
    bowl,
    carton,
    crate,
    gift_box,
    plate,
)


def honey_apples() -> str:
    return still_life(
        "#e6ebd3",
        at(74, 104, apple(), 1.5),
        leaf(82, 52, 36, -18, LEAF, DEEP_LEAF),
        at(140, 136, half_apple(), 1.06),
        shade="#cbd4b0",
        floor=166,
    )


def ugly_apples() -> str:
    fruit = [
        (58, 70, "#c8372c"),
        (98, 60, "#d6792f"),
        (140, 70, "#b92d2a"),
        (78, 88, "#cf4a30"),
        (120, 88, "#c4332b"),
        (44, 92, "#d2652e"),
        (156, 92, "#c93a2c"),
    ]
    heap = "".join(
        at(x - 100, y - 98, apple(c, "#e98a68", "#8a5a34"), 0.82 + i % 3 * 0.07, i * 37 % 50 - 25)
        for i, (x, y, c) in enumerate(fruit)
    )
    return still_life("#f0e2cb", crate(100, 98, 150, 70, heap), shade="#dcc7a2")


def gift_pears() -> str:
    items = "".join(ellipse(56 + c * 44, 87 + r * 33, 20, 11, "#f0d9dd") + at(56 + c * 44, 84 + r * 33, pear(), 0.5)
                    for r in range(2) for c in range(3))  # fmt: skip
    return still_life("#efe6cf", gift_box(items, fill="#7c2a36"), shade="#d9cba6")


def frozen_brambles() -> str:
    heap = ball_heap(112, 44, at(0, 0, bramble("#6a163c", "#c98aa6", bare=True), 0.95), 12, 4)
    frost = "".join(
        at(x, y, stroke("M-6 0H6M-3-5.2 3 5.2M3-5.2-3 5.2", "#fff", 1.8), s)
        for x, y, s in [(34, 48, 1.5), (166, 60, 1.2), (150, 30, 0.9), (56, 24, 0.9), (26, 92, 0.9)]
    )
    ice = "".join(
        at(x, y, rect(-10, -10, 20, 20, "#e4f2f6", 4) + rect(-7, -7, 8, 8, "#fff", 2), 1, t)
        for x, y, t in [(40, 164, 12), (164, 162, -15)]
    )
    return still_life(
        "#cfe0ea", bowl(100, 92, 126, 66, "#fdfdfb", "#bcd0dc", heap), ice, frost, shade="#b4cad8", floor=168
    )


def blueberries() -> str:
    heap = ball_heap(126, 48, blueberry(), 9.6, 5)
    return still_life("#dfe6ee", bowl(100, 94, 134, 64, "#e9dcc0", "#b79f72", heap), leaf(128, 56, 32, -30, LEAF, DEEP_LEAF),
                      at(40, 164, blueberry(), 1.1), at(58, 170, blueberry("#4a5ea3"), 0.9), at(164, 167, blueberry(), 1), shade="#c3cedb")  # fmt: skip


def gift_dried_persimmons() -> str:
    items = "".join(
        at(50 + c * 33.5, 84 + r * 36, dried_persimmon(), 0.56) for r in range(2) for c in range(4)
    )
    return still_life("#e9e4ef", gift_box(items, fill="#5d4b86", cord="#e0c070"), shade="#cfc6dc")


def hanging_persimmons() -> str:
    beam = rect(0, 26, 200, 13, "#8a5f38", 3) + faint(0.3, rect(0, 26, 200, 4, "#fff"))
    strings = ""
    for column, (x, count) in enumerate([(38, 3), (79, 4), (121, 4), (162, 3)]):
        strings += stroke(f"M{x} 34V{60 + count * 34 - 20}", "#d9c9a8", 2.4)
        strings += "".join(
            at(x, 66 + n * 33, dried_persimmon(in_turn(("#e0661c", "#d4571a"), n + column), "#f9b27c"), 0.66)
            for n in range(count)
        )
    return still_life(
        "#dce6e8",
        faint(0.5, shape("M0 150C50 118 90 136 130 116S180 120 200 108V200H0Z", "#c3d3d4")),
        beam,
        strings,
    )


def sweet_persimmons() -> str:
    return still_life("#e4ead6", plate(100, 150, 82, "#fdfbf5", "#cfd8bf"), at(68, 112, flat_persimmon(), 1.1), at(138, 114, flat_persimmon("#ea7d20"), 1.0),
                      at(104, 144, cut_persimmon(), 0.86), leaf(84, 76, 30, -28, LEAF, DEEP_LEAF), shade="#c8d1b3")  # fmt: skip


def soft_persimmons() -> str:
    return still_life(
        "#f9e3c6",
        at(82, 98, pointed_persimmon(), 1.32),
        at(146, 128, pointed_persimmon("#d9551a", "#ef8a46"), 0.94),
        shade="#e5c49a",
        floor=168,
    )


def green_plums() -> str:
    heap = ball_heap(120, 48, green_plum(), 14, 4)
    return still_life("#f1ead6", basket(100, 98, 136, 64, heap), leaf(70, 58, 34, -150, LEAF, DEEP_LEAF), leaf(130, 56, 36, -34, LEAF, DEEP_LEAF),
                      at(38, 164, green_plum()), at(168, 166, green_plum(), 0.95), shade="#ddd2b2")  # fmt: skip


def strawberries() -> str:
    places = [(66, 72), (100, 64), (134, 72), (50, 92), (84, 90), (117, 90), (150, 92)]
    heap = "".join(
        at(x - 100, y - 106, strawberry(in_turn(("#da2c36", "#cf2430"), i)), 0.74, i * 53 % 60 - 30)
        for i, (x, y) in enumerate(places)
    )
    box = carton(100, 106, 146, 62, heap, fill="#f6f1e6")
    return still_life("#f6dcd8", box, at(100, 138, strawberry(), 0.5), shade="#e4bfba")


def tomatoes() -> str:
    heap = "".join(at(x - 100, y - 102, date_tomato(in_turn(("#d7382b", "#e2512f", "#c92f2a"), i)), 1, i * 67 % 80 - 40)
                   for i, (x, y) in enumerate([(72, 68), (100, 60), (128, 68), (52, 88), (78, 88), (104, 84), (130, 88), (152, 90)]))  # fmt: skip
    return still_life(
        "#dfe9d6",
        bowl(100, 102, 136, 60, "#fdfbf5", "#c9d3bb", heap),
        at(36, 160, date_tomato(), 0.9, 70),
        at(168, 162, date_tomato("#e2512f"), 0.9, -60),
        shade="#c2cfb2",
    )


def watermelons() -> str:
    return still_life(
        "#d8ead9",
        at(88, 96, watermelon(), 1.22),
        at(138, 158, watermelon_slice(), 0.98),
        shade="#b6d2b8",
        floor=168,
    )


def red_melons() -> str:
    return still_life(
        "#f3e5d2", at(82, 104, melon(), 1.34), at(146, 146, melon_slice(), 0.98), shade="#dec9a9", floor=168
    )


def muscat() -> str:
    return still_life(
        "#e9efd8", at(104, 52, grapes(), 1.08), at(64, 36, _vine_leaf(), 1), shade="#cdd9b0", floor=182
    )


def _vine_leaf() -> str:
    return shape(
        "M0 20C-14 26-32 20-34 6C-44-2-36-20-24-18C-20-32 6-34 10-22C24-26 34-10 26 0C30 14 14 24 0 20Z", LEAF
    ) + stroke("M0 18C-4 4-8-8-12-18M-2 8L-26 4M-4 2 18-8", DEEP_LEAF, 1.8)


def plums() -> str:
    cut = (
        ellipse(0, 0, 27, 25, "#8d1f45") + ellipse(0, 0, 24, 22, "#f0b449") + ellipse(0, 1, 9, 11, "#8a4a25")
    )
    return still_life("#efe0e6", plate(100, 152, 80, "#fdfbf5", "#d9c4cd"), at(70, 112, plum(), 1.22), at(130, 106, plum("#a42a50", "#d8789a"), 1.16),
                      at(102, 142, cut, 0.94), leaf(140, 70, 30, -20, LEAF, DEEP_LEAF), shade="#d3bcc6")  # fmt: skip


def peaches() -> str:
    return still_life(
        "#fbe6d4",
        at(74, 102, peach(), 1.42),
        leaf(78, 52, 42, -16, LEAF, DEEP_LEAF),
        leaf(72, 54, 30, -158, PALE_LEAF, LEAF),
        at(142, 134, half_peach(), 1),
        shade="#ecc9ac",
        floor=166,
    )


def maples_in_glass() -> str:
    glass = shape("M-46-30H46L38 44Q36 54 26 54H-26Q-36 54-38 44Z", "#f7fbfb")
    tea = shape("M-44-14H44L38 43Q36 51 26 51H-26Q-36 51-38 43Z", "#d9773a")
    surface = ellipse(0, -14, 44, 10, "#e99a55")
    handle = stroke("M44-16c28-6 30 40-4 38", "#f7fbfb", 8)
    shine = faint(0.5, stroke("M-36-4-32 36", "#fff", 5))
    cup = (
        handle
        + glass
        + tea
        + surface
        + maple(-12, -15, 1.5, "#b32d1f", 20)
        + maple(18, -12, 1, "#d9482a", -30)
        + shine
    )
    fallen = (
        maple(36, 158, 2.1, "#c4402a", -18)
        + maple(166, 162, 1.9, "#e07b2f", 24)
        + maple(152, 140, 1.1, "#e8a23a", -12)
    )
    return still_life(
        "#f6e2d2",
        ellipse(98, 160, 62, 11, "#c99a62"),
        ellipse(98, 157, 62, 11, PAPER),
        at(96, 102, cup, 1.06),
        _steam_above(),
        fallen,
        shade="#e2c4ad",
        floor=170,
    )


def _steam_above() -> str:
    return faint(0.75, stroke("M80 58c-8-11 8-15 0-28M104 56c-8-11 8-15 0-28", "#fff", 4.6))
