"""Single fruits, each drawn around 0,0."""

from storefront.demo.art_shapes import (
    DEEP_LEAF,
    LEAF,
    around,
    at,
    circle,
    ellipse,
    faint,
    in_turn,
    inside,
    rect,
    scattered,
    shape,
    stroke,
)
from storefront.demo.art_vessels import (
    dots,
)

APPLE = "M0-20C-8-30-31-28-33-4C-35 18-17 35-6 33Q0 31 6 33C17 35 35 18 33-4C31-28 8-30 0-20Z"


HEART = "M0-26C15-32 31-21 28-2C26 15 10 33 0 35C-10 33-26 15-28-2C-31-21-15-32 0-26Z"


STEM = "#6b4a2a"


def apple(fill: str = "#cf2f2a", light: str = "#e8625a", blemish: str = "") -> str:
    dip = ellipse(0, -19, 9, 3.6, "#8d1d1d")
    shine = shape("M-25-6C-24-17-17-22-11-22C-18-14-20-2-16 14C-23 8-26 2-25-6Z", light)
    streaks = faint(0.35, stroke("M8-20C16-8 17 8 12 24M18-17C26-6 26 8 20 18", light, 2.4))
    spots = (
        dots([(10, 8), (14, 12), (7, 15)], 2.4, blemish) + ellipse(-4, 20, 7, 3, blemish, 20)
        if blemish
        else ""
    )
    return shape(APPLE, fill) + shine + streaks + spots + dip + stroke("M0-19C0-27 2-31 6-36", STEM, 3.4)


def half_apple() -> str:
    core = (
        ellipse(0, 3, 10, 13, "#f5e3a6")
        + ellipse(-4, 4, 2.3, 5, "#5b331b", 8)
        + ellipse(4, 4, 2.3, 5, "#5b331b", -8)
    )
    honey = "".join(circle(x, y + 3, 2.2, "#eebc4c") for x, y, _ in around(10, 17))
    return (
        shape(APPLE, "#cf2f2a")
        + at(0, 1, shape(APPLE, "#fbf0cd"), 0.88)
        + honey
        + core
        + stroke("M0-18q1-9 5-15", STEM, 3)
    )


def pear(fill: str = "#d9a441", light: str = "#efca7c") -> str:
    body = "M0-27C-20-31-34-14-34 4C-34 23-18 34 0 34S34 23 34 4C34-14 20-31 0-27Z"
    specks = dots([(x, y + 4) for x, y in scattered(26, 28, 26)], 1.1, light)
    shine = faint(0.8, shape("M-26 2C-26-10-20-18-12-20C-18-10-19 4-15 16C-22 14-26 9-26 2Z", light))
    return (
        shape(body, fill)
        + shine
        + specks
        + ellipse(0, -26, 9, 3.4, "#a97525")
        + stroke("M0-26q0-8 4-14", STEM, 4)
    )


def calyx(fill: str = "#6d7b3a", dark: str = "#57652d") -> str:
    back = shape("M0 3C-10-8-24-6-28 3C-20 9-10 8 0 3C10 8 20 9 28 3C24-6 10-8 0 3Z", fill)
    front = shape("M0 0C-9 4-15 11-16 18C-9 19-3 12 0 3C3 12 9 19 16 18C15 11 9 4 0 0Z", dark)
    return back + front + rect(-3, -10, 6, 13, STEM, 2)


def pointed_persimmon(fill: str = "#e86a22", light: str = "#f6a05c") -> str:
    body = "M0-32C26-34 42-18 42 4C42 24 20 44 0 52C-20 44-42 24-42 4C-42-18-26-34 0-32Z"
    shine = shape("M-32 2C-32-14-24-22-12-25C-22-14-24 4-16 28C-26 22-32 12-32 2Z", light)
    return shape(body, fill) + shine + at(0, -29, calyx())


def flat_persimmon(fill: str = "#f08a2a", light: str = "#f9b56a") -> str:
    body = "M0-22C22-28 38-20 39 0C40 20 22 28 0 28S-40 20-39 0C-38-20-22-28 0-22Z"
    shine = shape("M-31 2C-31-10-25-16-16-18C-22-8-23 4-18 16C-26 14-31 9-31 2Z", light)
    crease = faint(0.3, stroke("M-12-18Q-16 4-10 26M14-18Q18 4 11 26", "#b8571a", 1.6))
    return shape(body, fill) + crease + shine + at(0, -18, calyx(), 0.82)


def cut_persimmon() -> str:
    star = "".join(ellipse(0, -13, 3.4, 8, "#f6b258", 0) if a == 0 else at(0, 0, ellipse(0, -13, 3.4, 8, "#f6b258"), turn=a)
                   for a in range(0, 360, 45))  # fmt: skip
    return (
        ellipse(0, 0, 37, 31, "#e57a1f")
        + ellipse(0, -1, 33, 27, "#f9a548")
        + at(0, -1, star, 1)
        + circle(0, -1, 3, "#fbd9a0")
    )


def dried_persimmon(fill: str = "#b3531d", bloom: str = "#f3e3d0") -> str:
    body = "M0-24C18-26 28-14 27 2C25 20 10 30 0 33C-10 30-25 20-27 2C-28-14-18-26 0-24Z"
    wrinkles = stroke("M-14-10Q-18 6-8 22M0-12Q-3 6 1 24M14-10Q17 6 8 22", "#8b3b12", 1.8)
    dust = (
        faint(0.7, shape("M-22-4C-20-16-8-22 4-20C-8-14-14-2-12 14C-20 10-24 2-22-4Z", bloom))
        if bloom
        else ""
    )
    return shape(body, fill) + wrinkles + dust + at(0, -22, calyx("#8a7445", "#6d5a33"), 0.55)


def plum(fill: str = "#8d1f45", light: str = "#c2557b") -> str:
    crease = stroke("M2-25C-7-10-7 10 1 26", "#5f1030", 2)
    shine = shape("M-22 0C-22-12-15-18-9-20C-14-10-15 4-11 14C-18 12-22 7-22 0Z", light)
    return ellipse(0, 0, 27, 26, fill) + crease + shine + stroke("M1-25q1-8 6-12", STEM, 3)


def green_plum() -> str:
    crease = stroke("M1-14C-4-6-4 6 1 15", "#7d9a36", 1.5)
    shine = shape("M-12 0C-12-7-8-10-5-11C-8-6-8 2-6 8C-10 7-12 4-12 0Z", "#d6e29a")
    return ellipse(0, 0, 15.5, 15, "#a9c14f") + crease + shine


def peach() -> str:
    body = "M0-25C-17-32-35-19-35 4C-35 21-17 33 0 37C17 33 35 21 35 4C35-19 17-32 0-25Z"
    blush = faint(0.75, shape("M0-25C17-32 35-19 35 4C35 19 21 30 8 35C20 18 20-8 0-25Z", "#ee7b5c"))
    crease = stroke("M0-25C-11-8-11 16 0 36", "#d98a2e", 2.2)
    shine = shape("M-27 2C-27-10-21-17-14-19C-19-9-20 3-16 13C-23 12-27 8-27 2Z", "#fde3a2")
    return shape(body, "#f7bd57") + blush + crease + shine + stroke("M0-24q0-6 3-10", STEM, 3.4)


def half_peach() -> str:
    pit = ellipse(0, 4, 11, 14, "#8a4a25") + stroke("M-3-5q4 9 0 18M4-4q-2 8 1 16", "#5f2f14", 1.4)
    return at(
        0,
        0,
        ellipse(0, 2, 34, 34, "#ee9a4c")
        + ellipse(0, 2, 31, 31, "#fcd373")
        + ellipse(0, 4, 16, 18, "#e8724d")
        + pit,
    )


def strawberry(fill: str = "#da2c36", light: str = "#f0686a") -> str:
    seeds = "".join(ellipse(x, y, 1.3, 2, "#f8d774") for x, y in
                    [(-14, -8), (0, -10), (14, -8), (-18, 4), (-7, 3), (7, 3), (18, 4), (-11, 14), (1, 15), (11, 14), (-2, 25)])  # fmt: skip
    shine = faint(0.7, shape("M-23-4C-23-14-18-19-12-21C-16-12-17-2-13 8C-19 6-23 2-23-4Z", light))
    crown = "".join(at(0, -25, ellipse(0, -8, 4, 10, LEAF), turn=a) for a in (-105, -62, -22, 22, 62, 105))
    return shape(HEART, fill) + shine + seeds + crown + stroke("M0-26q1-9 5-13", DEEP_LEAF, 2.6)


def date_tomato(fill: str = "#d7382b") -> str:
    crown = "".join(at(0, -20, ellipse(0, -5, 2, 7, LEAF), turn=a) for a in (-100, -50, 0, 50, 100))
    shine = faint(0.6, ellipse(-6, -3, 3, 10, "#f59a86", 6))
    return ellipse(0, 0, 14.5, 21, fill) + shine + crown


def bramble(fill: str = "#4a1230", light: str = "#8a3352", *, bare: bool = False) -> str:
    drupes = [(0, -10), (-7, -7), (7, -7), (-10, 0), (0, -1), (10, 0), (-7, 7), (6, 7), (0, 12)]
    beads = dots(drupes, 5, fill) + dots([(x - 1.6, y - 1.8) for x, y in drupes], 1.5, light)
    if bare:
        return beads
    return beads + "".join(at(0, -13, ellipse(0, -3, 1.6, 5, LEAF), turn=a) for a in (-80, -30, 30, 80))


def mulberry() -> str:
    drupes = [
        (x + (3 if row % 2 else 0), -14 + row * 6)
        for row in range(6)
        for x in ((-7, 0, 7) if row % 5 else (-3, 3))
    ]
    return (
        dots(drupes, 4.5, "#3a1440")
        + dots([(x - 1.3, y - 1.5) for x, y in drupes], 1.3, "#84579a")
        + stroke("M0-17q1-6 5-9", LEAF, 2)
    )


def blueberry(fill: str = "#3d4f8f") -> str:
    crown = shape("M-4-7l2 3 2-4 2 4 2-3 1 5q-5 3-10 0Z", "#232f5e")
    return circle(0, 0, 10, fill) + faint(0.5, ellipse(-4, -2, 2.6, 4.4, "#a9b6e2", 20)) + at(1, 0, crown)


def grapes() -> str:
    rows = [5, 6, 5, 6, 5, 4, 3, 2, 1]
    berries = "".join(
        circle(x, y, 10.4, in_turn(("#a9c64f", "#b9d163", "#9dbb45"), row * 3 + n)) + ellipse(x - 3, y - 3, 2.4, 3.6, "#e3efb0", 25)
        for row, count in enumerate(rows) for n in range(count)
        for x, y in [((n - (count - 1) / 2) * 16.4, row * 13.2)]
    )  # fmt: skip
    return stroke("M-24-18C-10-20 10-20 26-24M0-18V0", STEM, 4.6) + berries


def watermelon() -> str:
    disc = "M-58 0A58 54 0 1 0 58 0A58 54 0 1 0-58 0Z"
    stripes = "".join(
        stroke(f"M0-56C{b * 0.7} -38 {b} -14 {b} 2S{b * 0.7} 40 0 56", "#1f4a2b", 6.5)
        for b in (-64, -38, -12, 14, 40, 66)
    )
    zigzag = "".join(stroke(f"M{b} -26l4 6-5 6 5 6-5 6 5 6", "#1f4a2b", 3) for b in (-36, -12, 12, 36))
    return (
        shape(disc, "#4e9150")
        + inside(disc, "melon", stripes, zigzag, faint(0.25, ellipse(-26, -24, 16, 20, "#fff", 30)))
        + stroke("M0-54q2-9 9-11", "#7a8a44", 4)
    )


def watermelon_slice() -> str:
    rind, white, flesh = (
        "M-48-18H48A48 48 0 0 1-48-18Z",
        "M-43-18H43A43 43 0 0 1-43-18Z",
        "M-38-18H38A38 38 0 0 1-38-18Z",
    )
    return (
        shape(rind, "#2f6b3a")
        + shape(white, "#e9f0c4")
        + shape(flesh, "#e2413f")
        + faint(0.4, stroke("M-22-8q4 12 14 18M4-8q2 8-2 14", "#f5928a", 3))
    )


def melon() -> str:
    disc = "M-46 0A46 46 0 1 0 46 0A46 46 0 1 0-46 0Z"
    net = "".join(
        stroke(f"M{b - 16} -50Q{b + 22} 0 {b - 10} 50M{b + 16} -50Q{b - 22} 0 {b + 10} 50", "#e9eccb", 2)
        for b in range(-54, 60, 18)
    )
    net += "".join(stroke(f"M-50 {b}Q0 {b + 16} 50 {b - 6}", "#e9eccb", 1.8) for b in range(-44, 50, 15))
    stalk = stroke("M0-44V-58M-13-60Q0-54 13-60", "#7c8f4c", 5)
    return (
        shape(disc, "#a5b573")
        + inside(disc, "net", net, faint(0.2, ellipse(28, 20, 26, 34, "#3f5030", 30)))
        + stalk
    )


def melon_slice() -> str:
    return (shape("M-44-14Q0 44 44-14Q32 40 0 42T-44-14Z", "#8fa05c") + shape("M-44-14Q0 18 44-14Q30 34 0 36T-44-14Z", "#d9e0a0")
            + shape("M-43-14Q0 18 43-14Q29 27 0 29T-43-14Z", "#f08a4b") + shape("M-40-14Q0 10 40-14Q28 2 0 6T-40-14Z", "#f8b27c"))  # fmt: skip
