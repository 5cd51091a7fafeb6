"""What grows under the ground: sweet potatoes, radishes, garlic, onions, roots."""

from storefront.demo.art_shapes import (
    DEEP_LEAF,
    LEAF,
    at,
    circle,
    ellipse,
    faint,
    in_turn,
    inside,
    leaf,
    rect,
    shape,
    steam,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import (
    ball_heap,
    basket,
    bowl,
    carton,
    plate,
)


def sweet_potato(fill: str = "#8c2f45", light: str = "#c9657c") -> str:
    body = "M-44 4C-40-14-18-24 4-22C26-20 40-8 46 0C36 14 18 22-6 22C-26 22-40 14-44 4Z"
    marks = stroke("M-22-8l9-4M-4-12l7-2M12-4l9-4M-12 6l10-2M16 8l8-3", light, 2.2)
    return (
        shape(body, fill)
        + faint(0.4, shape("M-36 0C-30-12-14-18 2-18C-12-12-24-4-28 8C-33 6-36 4-36 0Z", light))
        + marks
    )


def chestnut_sweet_potatoes() -> str:
    heap = (
        at(-30, -14, sweet_potato("#8c2f45"), 0.9, -30)
        + at(28, -17, sweet_potato("#a33a52"), 0.92, 24)
        + at(0, -8, sweet_potato("#7a2439", "#a8526a"), 0.96, -6)
    )
    cut = (
        ellipse(0, 0, 21, 19, "#8c2f45") + ellipse(0, 0, 18, 16, "#f6e3a4") + ellipse(0, 0, 11, 9, "#f0d68a")
    )
    return still_life(
        "#ecdfe0",
        carton(100, 108, 144, 62, heap),
        at(146, 154, cut),
        at(40, 162, sweet_potato(), 0.6, 14),
        shade="#d4c0c0",
    )


def pumpkin_sweet_potatoes() -> str:
    skin = "M-60 6C-54-20-24-32 6-30C34-28 54-10 62 2C48 24 24 34-8 32C-36 32-54 22-60 6Z"
    flesh = "M-50 2C-40-20-16-26 6-24C28-22 44-8 50 0C30 8-20 12-50 2Z"
    opened = (
        shape(skin, "#7a2f3d")
        + shape(flesh, "#f28a1c")
        + stroke("M-34-4q16-10 34-8M-10 0q20-6 40-2M-22-12q10-4 20-4", "#fbb45a", 2.6)
    )
    shell = ellipse(0, 22, 78, 18, "#c6ccd0") + stroke("M-70 22q20-14 40-4t40-2 60 2", "#eef1f2", 3)
    return still_life(
        "#f7e2c8",
        at(100, 126, shell),
        at(96, 124, opened, 1.12, -8),
        at(150, 152, sweet_potato("#86323f", "#b75a66"), 0.66, 8),
        steam(92, 84),
        shade="#e0c49f",
        floor=164,
    )


def potato(fill: str = "#dcb56e", dark: str = "#b98c45") -> str:
    body = "M-32 4C-34-14-16-25 4-24C24-23 36-8 33 8C29 22 10 25-8 24C-24 23-31 16-32 4Z"
    eyes = stroke("M-14-8q4-3 7 0M10-12q4-3 7 0M-4 8q4-3 7 0M16 8q3-3 6 0M-20 10q3-2 5 0", dark, 2)
    return (
        shape(body, fill)
        + faint(0.5, shape("M-25 2C-25-10-14-18-3-19C-13-11-16 0-13 14C-21 12-25 9-25 2Z", "#f3dba6"))
        + eyes
    )


def potatoes() -> str:
    fruit = [(-40, -8, -10), (0, -22, 20), (40, -10, 40), (-20, 2, 60), (22, 2, -30)]
    heap = "".join(
        at(x, y, potato(in_turn(("#dcb56e", "#d2a75d", "#e3c182"), i)), 0.9, t)
        for i, (x, y, t) in enumerate(fruit)
    )
    return still_life(
        "#e7e4cc",
        basket(100, 106, 140, 60, heap),
        at(44, 162, potato(), 0.66, 10),
        at(158, 164, potato("#d2a75d"), 0.56, -20),
        shade="#cfcaa8",
    )


def radish() -> str:
    body = "M0-40C20-42 26-30 25-8C24 20 14 44 3 62C1 66-1 66-3 62C-14 44-24 20-25-8C-26-30-20-42 0-40Z"
    green = shape("M0-38C20-42 26-30 25.500-14Q0-2-25.500-14C-26-30-20-42 0-40Z", "#b7cf82")
    leaves = "".join(
        leaf(0, -38, 56, a, c, "#a9c47a", 0.22)
        for a, c in ((-128, LEAF), (-52, LEAF), (-108, DEEP_LEAF), (-72, DEEP_LEAF), (-90, LEAF))
    )
    shaded = inside(body, "radish", rect(9, -50, 30, 120, "#e6e4d2"))
    return (
        leaves + shape(body, "#fbfaf2") + shaded + green + stroke("M-14 12h10M6 24h8M-8 36h8", "#dcd9c6", 1.6)
    )


def radishes() -> str:
    tied = stroke("M42 74Q100 88 158 74", "#c9a24a", 6)
    return still_life(
        "#e2ecd9",
        at(66, 106, radish(), 0.98, 10),
        at(134, 106, radish(), 0.98, -10),
        at(100, 108, radish(), 1.06),
        tied,
        shade="#c6d5b8",
        floor=174,
    )


def clove(fill: str = "#fbf3df") -> str:
    return shape("M0-20C10-14 15-2 13 9C11 18-9 19-13 10C-15-1-8-14 0-20Z", fill) + stroke(
        "M2-14C6-4 6 6 2 13", "#e2d2ac", 1.8
    )


def peeled_garlic() -> str:
    heap = ball_heap(104, 44, at(0, 0, clove(), 0.86), 12, 4)
    return still_life(
        "#dce5d3",
        bowl(100, 98, 130, 60, "#4d7a6a", "#335347", heap),
        at(40, 160, clove(), 1, 60),
        at(160, 162, clove("#f6ead0"), 0.95, -50),
        at(146, 168, clove(), 0.8, 20),
        shade="#c0ccb4",
        floor=170,
    )


def garlic_bulb(fill: str = "#f7efe6") -> str:
    body = "M0-30C6-18 32-14 33 8C34 24 18 30 0 30S-34 24-33 8C-32-14-6-18 0-30Z"
    lines = stroke(
        "M0-26C-8-6-12 12-8 29M0-26C8-6 12 12 8 29M-2-20C-22-6-26 10-20 25M2-20C22-6 26 10 20 25",
        "#cdb3bd",
        1.8,
    )
    return (
        shape(body, fill)
        + faint(0.5, shape("M-27 8C-27-4-18-10-10-13C-18 0-20 12-16 24C-24 22-27 16-27 8Z", "#fff"))
        + lines
        + stroke("M-6 30q6 5 12 0", "#b79f7c", 3)
    )


def garlic_braid() -> str:
    rope = stroke("M100 8V150M94 20q12 8 0 18t0 18 0 18 0 18 0 18", "#c9a86a", 6)
    bulbs = "".join(
        at(
            100 + s * (27 - n % 2 * 2),
            52 + n * 30,
            garlic_bulb(in_turn(("#f9f3ea", "#ecdfe0"), n + (s > 0))),
            0.78,
            s * 20,
        )
        for n in range(4)
        for s in (-1, 1)
    )
    return still_life("#b9c9bd", rope, bulbs, at(100, 166, garlic_bulb(), 0.84))


def onion(fill: str = "#d9923f") -> str:
    body = "M0-30C5-20 34-18 35 8C35 26 18 34 0 34S-35 26-35 8C-34-18-5-20 0-30Z"
    lines = stroke(
        "M0-26C-10-8-14 14-8 33M0-26C10-8 14 14 8 33M-2-20C-24-8-28 12-20 27M2-20C24-8 28 12 20 27",
        "#b06f24",
        1.6,
    )
    return (
        shape(body, fill)
        + faint(0.55, shape("M-28 8C-28-4-20-10-12-13C-19 0-20 12-17 24C-25 21-28 16-28 8Z", "#f5cf95"))
        + lines
        + stroke("M-3-27q-2-9 3-14M2-27q2-7 6-10", "#a8762f", 2.6)
        + stroke("M-6 35q6 4 12 0", "#e8d6b0", 3)
    )


def onions() -> str:
    bag = "M-56 50C-70 20-64-26-26-46L-14-66H14L26-46C64-26 70 20 56 50Q52 60 40 60H-40Q-52 60-56 50Z"
    places = [(-26, -18), (26, -18), (0, 4), (-38, 24), (38, 24), (0, 38)]
    filling = "".join(
        at(x, y, onion(in_turn(("#d9923f", "#cf8433"), i)), 0.78, i * 29 % 40 - 20)
        for i, (x, y) in enumerate(places)
    )
    net = "".join(
        stroke(f"M{b} -70L{b + 130} 64M{b + 130} -70L{b} 64", "#c0392b", 1.7) for b in range(-190, 70, 17)
    )
    knot = rect(-15, -54, 30, 9, "#a02c22", 4)
    sack = shape(bag, "#e9b9a0") + inside(bag, "net", filling, faint(0.75, net)) + knot
    return still_life(
        "#ece4d3", at(90, 112, sack, 1.02), at(156, 150, onion(), 0.78, 8), shade="#d4c8ae", floor=172
    )


def root(fill: str, dark: str, rings: bool) -> str:
    body = "M-6-44C6-48 14-42 13-30C13-10 9 14 5 34C3 46 1 56-2 66C-4 54-8 40-10 26C-14 4-16-20-14-32C-13-40-11-42-6-44Z"
    marks = (
        "".join(stroke(f"M{-12 + n} {-32 + n * 13}q12 5 {22 - n * 2} 0", dark, 1.8) for n in range(6))
        if rings
        else stroke("M-4-34Q-6 0-2 40M5-36Q4 0 2 24", dark, 1.5)
    )
    hair = stroke("M4 30Q16 40 20 54M-9 18Q-20 30-22 44", fill, 3.6)
    return hair + shape(body, fill) + marks


def bellflower() -> str:
    petals = "".join(
        at(0, 0, shape("M0 0C-9-6-10-18 0-26C10-18 9-6 0 0Z", "#7b64b4"), turn=a) for a in range(0, 360, 72)
    )
    return (
        petals
        + "".join(at(0, 0, stroke("M0-4V-20", "#a996d6", 1.4), turn=a) for a in range(0, 360, 72))
        + circle(0, 0, 4, "#f6efd0")
    )


def bellflower_roots() -> str:
    lying = "".join(
        at(
            78 + i * 11,
            116 + (i % 2) * 8,
            root(in_turn(("#fbf3dd", "#f1e5c6"), i), "#d9c89c", False),
            0.82,
            62 + i * 9 % 20,
        )
        for i in range(6)
    )
    return still_life(
        "#e2dfec",
        plate(100, 134, 86, "#9fb0a2", "#7f9384"),
        lying,
        at(160, 70, bellflower(), 1.05),
        at(132, 44, bellflower(), 0.75, 30),
        leaf(150, 84, 26, 120, LEAF, DEEP_LEAF),
        shade="#cac5da",
        floor=160,
    )


def deodeok_roots() -> str:
    roots = (
        at(62, 96, root("#c79d66", "#8f6a38", True), 1.15, 16)
        + at(100, 94, root("#b98d55", "#7f5b2d", True), 1.25, -4)
        + at(138, 96, root("#cfa871", "#94703f", True), 1.1, -20)
    )
    vine = stroke("M30 40Q100 8 170 42", LEAF, 2.6) + "".join(
        leaf(x, y, 28, t, LEAF, DEEP_LEAF)
        for x, y, t in ((46, 33, 60), (52, 30, -60), (146, 30, 120), (152, 33, -100), (100, 24, -80))
    )
    return still_life("#e5ead8", at(0, 8, vine + roots), shade="#cbd3b8", floor=174)


def ginger() -> str:
    body = ("M-62 14C-66-4-50-16-36-12C-38-30-22-40-10-30C-4-24-6-16-8-10C4-16 14-14 20-8C22-26 42-32 48-18C52-8 44-2 38 0"
            "C52 0 64 8 62 20C60 32 44 34 34 26C26 36 4 38-6 26C-20 38-58 36-62 14Z")  # fmt: skip
    marks = stroke(
        "M-50 6q6-6 12-4M-30-24q6-5 12-2M-20 10q8-4 16 0M10 0q8-4 14 0M30-14q6-6 12-3M44 12q5-4 10 0M0 20q8-4 16 0M-40 18q6-3 12 0",
        "#b78a45",
        2,
    )
    return (
        shape(body, "#dcb878")
        + faint(0.45, shape("M-54 12C-56 0-46-8-36-6C-40 2-40 12-36 22C-46 22-52 18-54 12Z", "#f6e2b6"))
        + marks
    )


def gingers() -> str:
    cut = (
        ellipse(0, 0, 19, 15, "#cfa762")
        + ellipse(0, 0, 15.5, 12, "#f6e39a")
        + stroke("M-9 0q9-5 18 0", "#e3c76a", 1.6)
    )
    return still_life(
        "#eee6d2",
        at(94, 98, ginger(), 1.28, -8),
        at(150, 150, cut),
        at(124, 158, cut, 0.86, 10),
        at(52, 154, ginger(), 0.52, 14),
        shade="#d8ccac",
        floor=166,
    )
