"""Days of making things in the villages: rice cake, tofu, tea, soap, kimchi."""

from storefront.demo.art_greens import half_cabbage, pepper
from storefront.demo.art_outdoors import hills
from storefront.demo.art_shapes import (
    LEAF,
    at,
    circle,
    daisy,
    ellipse,
    faint,
    in_turn,
    landscape,
    maple,
    rect,
    scattered,
    shape,
    steam,
    stroke,
)
from storefront.demo.art_vessels import bowl, grain_heap


def room(wall: str, table: str, edge: str) -> str:
    """A wall with a window to a hill, and a table across the front."""
    window = (
        rect(22, 20, 86, 66, "#f7efe0", 4)
        + rect(27, 25, 76, 56, "#cfe2e6", 2)
        + shape("M27 66Q46 44 66 58T103 50V81H27Z", "#93b07c")
    )
    bars = rect(63, 25, 4, 56, "#f7efe0") + rect(27, 51, 76, 4, "#f7efe0")
    return (
        rect(0, 0, 320, 200, wall) + window + bars + rect(0, 136, 320, 64, table) + rect(0, 136, 320, 7, edge)
    )


def tteok_pounding() -> str:
    mortar = shape(
        "M92 122H196L184 178C182 186 178 188 170 188H118C110 188 106 186 104 178Z", "#7a4f2c"
    ) + ellipse(144, 122, 52, 13, "#5f3b1f")
    dough = ellipse(144, 120, 41, 10, "#fff8ea") + shape(
        "M119 116C128 100 160 100 169 116C173 126 115 126 119 116Z", "#fffdf6"
    )
    grain = stroke("M112 134Q116 160 122 180M176 134Q172 160 166 180M144 138V186", "#693f20", 2)
    mallet = at(
        204,
        82,
        rect(-46, -6, 124, 10, "#9c6a3c", 4)
        + rect(-62, -26, 42, 48, "#83542c", 8)
        + rect(-62, -26, 11, 48, "#a87140", 5),
        turn=34,
    )
    dish = at(
        262,
        170,
        ellipse(0, 6, 44, 11, "#5b3a20")
        + ellipse(0, 3, 44, 11, "#8a5f38")
        + "".join(
            at(x, y, rect(-12, -9, 24, 18, "#e3bd6c", 5) + rect(-9, -7, 18, 5, "#f3d998", 2.5))
            for x, y in ((-20, 0), (6, 2), (28, -2), (-6, -12), (18, -14))
        ),
    )
    leaves = "".join(
        maple(x, y, s, c, t)
        for x, y, s, c, t in (
            (38, 42, 1.9, "#c4402a", 10),
            (76, 24, 1.2, "#e07b2f", -20),
            (286, 36, 1.6, "#a63a22", 30),
            (254, 22, 1, "#e8a23a", 0),
            (20, 90, 1, "#e07b2f", 40),
            (300, 92, 1.1, "#c4402a", -30),
            (52, 172, 1.2, "#c4402a", 60),
            (214, 186, 1.1, "#e07b2f", 20),
        )
    )
    return landscape(
        "#f6e2c4",
        hills("#dd9663", "#b55a35"),
        rect(0, 158, 320, 42, "#7c6a45"),
        mortar,
        grain,
        dough,
        mallet,
        dish,
        leaves,
        low="#f3d3a8",
    )


def tofu_making() -> str:
    block = (
        shape("M-58-18H58V34Q58 38 54 38H-54Q-58 38-58 34Z", "#fbf6e6")
        + shape("M-58-18 -42-36H74L58-18Z", "#fffdf6")
        + shape("M58-18 74-36V16L58 36Z", "#e9dfc6")
    )
    cuts = stroke("M-19-18V37M20-18V37M-3-36-19-18M36-36 20-18M-58 10H58", "#ddd0b0", 1.8)
    frame = at(
        118,
        146,
        shape("M-74 18H90V44H-74Z", "#b98250") + rect(-74, 18, 164, 8, "#d8ab73") + at(0, -4, block + cuts),
    )
    cauldron = at(
        248,
        122,
        shape("M-56 0C-56 46-30 58 0 58S56 46 56 0Z", "#3d3a3a")
        + ellipse(0, 0, 58, 14, "#56514f")
        + ellipse(0, 0, 50, 10.5, "#fbf6e6")
        + faint(0.6, stroke("M-30-1q10-5 20 0t20 0 18 0", "#e3d7b8", 2.4))
        + rect(-66, 6, 14, 7, "#2b2828", 3)
        + rect(52, 6, 14, 7, "#2b2828", 3),
    )
    ladle = at(270, 108, stroke("M0 0 30-66", "#a87140", 6))
    bean_bowl = at(
        38,
        158,
        bowl(
            0,
            0,
            58,
            24,
            "#7c8f4c",
            "#5c6d35",
            grain_heap(52, 16, ["#e2bd62", "#f0d58e", "#c99f46"], (3.4, 3), 40),
        ),
    )
    return landscape(
        "#efe3cc",
        room("#efe3cc", "#a3764a", "#8a5f38"),
        steam(236, 92),
        steam(262, 86, size=0.8),
        cauldron,
        ladle,
        frame,
        bean_bowl,
    )


def maple_tea_making() -> str:
    pan = (
        ellipse(118, 160, 86, 24, "#2f2b2b")
        + ellipse(118, 156, 86, 23, "#4a4544")
        + ellipse(118, 157, 76, 18, "#39342f")
    )
    roast = "".join(
        maple(
            118 + x,
            155 + y,
            1.05,
            in_turn(("#c4402a", "#e07b2f", "#b32d1f", "#e8a23a", "#8f3a20"), n),
            n * 73,
        )
        for n, (x, y) in enumerate(scattered(26, 62, 12))
    )
    handles = stroke("M32 152q-16 2-14 12M204 152q16 2 14 12", "#2f2b2b", 6)
    spatula = at(
        186, 130, stroke("M0 0 44-54", "#b98250", 6) + shape("M-22 10Q-24 20-14 22L6 4-4-6Z", "#c99a62")
    )
    pot = at(
        268,
        138,
        shape("M-32-16C-38 8-28 28 0 28S38 8 32-16Q0-26-32-16Z", "#f7fbfb")
        + shape("M-33-4C-34 14-24 26 0 26S34 14 33-4Q0 4-33-4Z", "#d9773a")
        + stroke("M31-10C52-14 52 16 29 16", "#f7fbfb", 5)
        + shape("M-31-6C-46-8-46-20-54-22L-51-14C-47-8-46 6-32 8Z", "#f7fbfb")
        + ellipse(0, -19, 20, 5, "#dfe9ea")
        + circle(0, -25, 4, "#dfe9ea")
        + maple(4, 8, 1, "#b32d1f", 20),
    )
    hanging = stroke("M128 16Q220 40 320 12", "#b39a70", 2) + "".join(
        maple(x, y, 1.3, c, t)
        for x, y, c, t in (
            (150, 34, "#c4402a", 10),
            (184, 42, "#e07b2f", -20),
            (220, 44, "#e8a23a", 25),
            (256, 40, "#b32d1f", -10),
            (292, 32, "#e07b2f", 15),
        )
    )
    return landscape(
        "#f3e0cd",
        room("#f3e0cd", "#b07c50", "#936238"),
        hanging,
        handles,
        pan,
        roast,
        spatula,
        steam(104, 122, size=0.9),
        pot,
    )


def soap_making() -> str:
    def soap(fill: str, light: str, size: float) -> str:
        return rect(-34, -14, 68, 34, fill, 9) + rect(-34, -14, 68, 14, light, 7) + daisy(0, -4, size)

    mold = at(
        70,
        158,
        rect(-54, -14, 108, 40, "#c99a62", 4)
        + rect(-54, -14, 108, 9, "#e3c08e", 3)
        + "".join(
            rect(-47 + n * 33, -9, 28, 30, in_turn(("#f3e3b6", "#cfe0c2", "#e6d3e3"), n), 4)
            + daisy(-33 + n * 33, 6, 0.9)
            for n in range(3)
        ),
    )
    bars = (
        at(196, 166, soap("#e9c98a", "#f5e2b4", 1.1))
        + at(266, 168, soap("#a9c79c", "#cfe3c4", 1.1))
        + at(230, 138, soap("#cdb0cf", "#e6d3e6", 1.1))
    )
    jug = at(
        150,
        118,
        shape("M-26-34H22L18 20Q18 26 12 26H-16Q-22 26-22 20Z", "#fdfbf5")
        + shape("M-24-16H20L17 19Q17 23 12 23H-15Q-20 23-21 19Z", "#f0d58e")
        + stroke("M22-24c22-2 22 30-3 30", "#fdfbf5", 6)
        + shape("M-26-34-34-38-25-26Z", "#fdfbf5"),
    )
    vase = at(
        288,
        106,
        shape("M-12-4H12L16 30H-16Z", "#7ea7a5")
        + stroke("M-4-4Q-12-30-22-40M0-4V-46M4-4Q12-28 22-36", LEAF, 2.4)
        + daisy(-22, -44, 1.5)
        + daisy(0, -52, 1.7)
        + daisy(22, -40, 1.4),
    )
    loose = "".join(
        daisy(x, y, s) for x, y, s in ((22, 190, 1.1), (136, 188, 1.3), (310, 184, 1), (120, 150, 0.8))
    )
    return landscape("#dbe8ea", room("#dbe8ea", "#b98a5c", "#9c6f45"), vase, jug, mold, bars, loose)


def kimjang() -> str:
    basin = at(
        160,
        148,
        shape("M-96 0C-90 34-72 44-50 44H50C72 44 90 34 96 0Z", "#b8423a")
        + ellipse(0, 0, 98, 20, "#cf5a4f")
        + ellipse(0, 0, 88, 15.500, "#8f2a22")
        + ellipse(0, 2, 80, 12, "#c8351f")
        + "".join(
            ellipse(x, y + 1, 5, 2, in_turn(("#e8663c", "#7f9a3c", "#f3e3c0", "#a82414"), n), n * 50)
            for n, (x, y) in enumerate(scattered(40, 70, 9))
        ),
    )
    cabbages = at(122, 128, half_cabbage(), 0.66, -64) + at(200, 126, half_cabbage(), 0.66, 60)
    glove = shape(
        "M-14-44H14L17 0C22 8 24 24 20 34Q16 40 12 34L10 20 8 38Q4 44 0 38L-1 20-4 37Q-9 42-12 35L-12 18-18 26Q-25 26-22 16C-20 8-17 6-17 0Z",
        "#e8577a",
    )

    def sleeve(fill: str) -> str:
        return rect(-18, -130, 36, 92, fill, 6) + rect(-17, -46, 34, 9, "#c93f62", 3)

    hands = at(118, 98, sleeve("#f6e7d0") + glove, 0.9, 14)
    hands += at(206, 98, sleeve("#f6e7d0") + glove, 0.9, -14, mirrored=True)
    piles = (
        at(38, 162, half_cabbage(), 0.62, -10)
        + at(20, 178, half_cabbage(), 0.58, -30)
        + at(62, 180, half_cabbage(), 0.6, 14)
    )
    peppers = at(
        272,
        176,
        bowl(
            0,
            0,
            66,
            20,
            "#fdfbf5",
            "#d6bfae",
            grain_heap(58, 22, ["#b8281a", "#cf3d26", "#9c1f14"], (1.8, 1.2), 80),
        ),
    ) + at(302, 190, pepper(), 0.4, -10)
    roofs = (
        shape("M214 84Q258 54 304 54T330 58V92H214Z", "#5f6b6d")
        + rect(228, 84, 100, 40, "#f3e8d2")
        + stroke("M246 84V124M276 84V124M304 84V124", "#8a5f38", 4)
    )
    crocks = "".join(
        at(x, 124, ellipse(0, -12, 13, 13, "#6b3d22") + ellipse(0, -24, 9, 3, "#82502f"), s)
        for x, s in ((30, 1), (56, 1.15), (84, 0.95))
    )
    return landscape(
        "#dde8ec",
        hills("#c9b39a", "#b39a78"),
        roofs,
        rect(0, 124, 320, 76, "#cbb48a"),
        crocks,
        piles,
        basin,
        cabbages,
        hands,
        peppers,
        low="#f3ead8",
    )
