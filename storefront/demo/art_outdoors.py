"""Days outside in the villages: fields, cloth in the wind, horses."""

from storefront.demo.art_fruit import strawberry
from storefront.demo.art_roots import sweet_potato
from storefront.demo.art_shapes import (
    DEEP_LEAF,
    LEAF,
    at,
    circle,
    daisy,
    ellipse,
    faint,
    in_turn,
    landscape,
    leaf,
    maple,
    rect,
    shape,
    stroke,
)

FAR = "M0 96C40 62 84 76 120 58s70 2 104 10 60-16 96-10V200H0Z"


MIDDLE = "M0 124C60 102 110 112 166 112s100-16 154-4V200H0Z"


def hills(far: str, middle: str) -> str:
    return shape(FAR, far) + shape(MIDDLE, middle)


def strawberry_picking() -> str:
    arch = "".join(
        stroke(
            f"M{-20 + inset} 160C{0 + inset} {-60 + inset * 0.66} {320 - inset} {-60 + inset * 0.66} {340 - inset} 160",
            "#c3d3d6",
            4 - inset / 50,
        )
        for inset in (0, 34, 66, 94)
    )
    beds = "".join(
        shape(
            f"M{160 + s * n} 96L{160 + s * (n + 6)} 96L{160 + s * (n * 5.4 + 46)} 200H{160 + s * n * 5.4}Z",
            "#f1ece0",
        )
        for s in (-1, 1)
        for n in (10, 26)
    )
    bushes, fruit = "", ""
    for row, (y, spread, size) in enumerate(
        ((108, 26, 0.42), (124, 54, 0.66), (146, 92, 0.95), (178, 142, 1.35))
    ):
        for side in (-1, 1):
            x = 160 + side * spread
            bushes += "".join(
                at(
                    x + dx * size,
                    y + dy * size,
                    ellipse(0, 0, 14, 10, in_turn((LEAF, DEEP_LEAF, "#86a850"), i + row)),
                    size,
                )
                for i, (dx, dy) in enumerate([(-14, 0), (0, -8), (14, 0), (-6, 6), (8, 7)])
            )
            fruit += at(x - 12 * size, y + 14 * size, strawberry(), 0.34 * size * 1.3, 12) + at(
                x + 12 * size, y + 15 * size, strawberry("#cf2430"), 0.3 * size * 1.3, -10
            )
            fruit += daisy(x + 2 * size, y - 6 * size, 0.6 * size)
    path = shape("M152 96H168L214 200H106Z", "#d9c39b")
    pail = at(
        160,
        168,
        shape("M-25-12H25L19 24Q18 28 13 28H-13Q-18 28-19 24Z", "#fdfbf5")
        + shape("M-25-12H25L24-5H-24Z", "#c9614a")
        + stroke("M-24-12C-22-46 22-46 24-12", "#a98f6a", 3),
    )
    berries = "".join(
        at(160 + x, 154 + y, strawberry(), 0.36, t)
        for x, y, t in ((-15, 0, -20), (15, 0, 20), (-6, -8, 10), (7, -7, -12), (0, 0, 5))
    )
    return landscape(
        "#e6f0ee",
        shape("M0 96H320V200H0Z", "#c9b58c"),
        arch,
        path,
        beds,
        bushes,
        fruit,
        berries,
        pail,
        low="#f6f4e6",
    )


def sweet_potato_digging() -> str:
    ridges = "".join(
        shape(f"M-10 {y}Q40 {y - 14} 80 {y - 2}T160 {y - 2} 240 {y - 2} 330 {y - 6}V200H-10Z", c)
        for y, c in ((132, "#9a6438"), (152, "#87542c"), (174, "#734522"))
    )
    vines = "".join(
        leaf(
            20 + n * 26,
            128 + n % 3 * 2,
            15,
            -70 + n * 37 % 140,
            in_turn((LEAF, "#7fa04c", DEEP_LEAF), n),
            wide=0.5,
        )
        + leaf(26 + n * 26, 130, 13, -120 + n * 53 % 120, DEEP_LEAF, wide=0.5)
        for n in range(12)
    )
    roots = (
        at(92, 158, sweet_potato(), 0.62, 24)
        + at(128, 150, sweet_potato("#a33a52"), 0.56, -30)
        + at(118, 174, sweet_potato("#7a2439", "#a8526a"), 0.6, 8)
    )
    stem = (
        stroke("M108 124Q104 140 96 150M108 124Q116 138 124 144M108 124Q110 148 116 166", "#7c8f4c", 2.6)
        + leaf(108, 126, 26, -60, LEAF, DEEP_LEAF, 0.5)
        + leaf(108, 126, 24, -130, "#7fa04c", DEEP_LEAF, 0.5)
    )
    hoe = at(
        214,
        140,
        stroke("M0 0 58-72", "#b98250", 6) + shape("M-4-6C-22-4-34 12-30 30C-14 26 0 14 6 0Z", "#6b7076"),
    )
    basket_ = at(
        264,
        158,
        shape("M-36-10H36L28 24Q27 28 22 28H-22Q-27 28-28 24Z", "#c99a62")
        + stroke("M-34 0H34M-31 10H31M-29 20H29", "#9c6a3c", 2.4),
    )
    filled = (
        at(250, 146, sweet_potato(), 0.42, -16)
        + at(278, 146, sweet_potato("#a33a52"), 0.42, 18)
        + at(264, 140, sweet_potato("#7a2439", "#a8526a"), 0.42)
    )
    return landscape(
        "#dcebea",
        circle(250, 38, 17, "#fff3c9"),
        hills("#a9c48a", "#86a96a"),
        ridges,
        vines,
        stem,
        roots,
        hoe,
        filled,
        basket_,
        low="#f3f0d8",
    )


def natural_dyeing() -> str:
    poles = stroke("M24 172V34M296 172V34", "#8a5f38", 7) + stroke("M18 46Q160 62 302 46", "#d9c9a8", 3)
    cloths = ""
    for n, (fill, dark) in enumerate(
        (
            ("#c9544a", "#ad423a"),
            ("#e6a63c", "#cc8c28"),
            ("#4f6f9f", "#3d5a87"),
            ("#8a5f8f", "#734b78"),
            ("#7f9a4c", "#69833a"),
        )
    ):
        x, top = 42 + n * 49, 50 + (4, 7, 8, 7, 4)[n]
        sway = f"M{x} {top}H{x + 41}C{x + 46} {top + 34} {x + 36} {top + 58} {x + 42} {top + 88}Q{x + 32} {top + 94} {x + 21} {top + 89}T{x + 1} {top + 90}C{x - 5} {top + 58} {x + 5} {top + 34} {x} {top}Z"
        folds = shape(
            f"M{x + 24} {top}H{x + 33}C{x + 36} {top + 40} {x + 28} {top + 60} {x + 33} {top + 91}L{x + 24} {top + 90}C{x + 20} {top + 60} {x + 28} {top + 40} {x + 24} {top}Z",
            dark,
        )
        white = (
            "".join(
                circle(x + 12, top + 22 + k * 26, 5.4, "#fff") + circle(x + 12, top + 22 + k * 26, 2.8, fill)
                for k in range(3)
            )
            if n % 2 == 0
            else ""
        )
        cloths += (
            shape(sway, fill)
            + folds
            + faint(0.85, white)
            + rect(x + 4, top - 5, 5, 10, "#a8813f", 1.5)
            + rect(x + 32, top - 5, 5, 10, "#a8813f", 1.5)
        )
    tubs = at(70, 168, _tub("#4f6f9f")) + at(248, 170, _tub("#c9544a"))
    return landscape(
        "#dbe9ec",
        circle(56, 26, 13, "#fff6dc"),
        hills("#b5cdb8", "#93b48c"),
        shape("M0 150Q160 138 320 150V200H0Z", "#7c9a5c"),
        poles,
        cloths,
        tubs,
        low="#f4efe0",
    )


def _tub(dye: str) -> str:
    body = shape("M-42 0A42 10 0 0 0 42 0C41 18 34 26 26 26H-26C-34 26-41 18-42 0Z", "#8a5a34")
    water = ellipse(0, 0.5, 36, 7.4, dye) + faint(0.4, ellipse(-10, -1, 12, 2, "#fff"))
    return ellipse(0, 0, 42, 10, "#a87140") + water + body + stroke("M-37 16Q0 25 37 16", "#6b4226", 3)


def horse_riding() -> str:
    coat, dark = "#9a5f34", "#6b3d1e"
    body = shape(
        "M-58-10C-50-30-20-34 10-30C24-30 34-34 44-52C50-66 60-76 72-80L74-90 82-80C94-72 104-58 108-48C108-40 100-36 92-40C84-46 76-46 70-40C66-24 64-8 54 4C48 12 20 16-10 12C-36 14-62 14-58-10Z",
        coat,
    )
    near = shape(
        "M-50 0C-58 20-50 30-56 50L-60 72H-50L-44 50C-38 34-34 22-30 8ZM34 6C40 26 54 32 58 44L52 70H62L70 42C68 28 58 14 54 0Z",
        coat,
    )
    off = shape(
        "M-36 4C-30 26-26 34-36 52L-34 72H-25L-24 50C-16 34-16 20-14 8ZM22 8C22 28 24 40 18 54L26 74H35L30 54C36 40 38 24 40 6Z",
        dark,
    )
    hooves = "".join(rect(x, 70, 12, 7, "#2f2018", 2) for x in (-61, -36, 25, 51))
    mane = shape(
        "M70-82C56-78 46-64 42-50C36-40 30-34 22-30C36-32 46-34 54-44C58-56 66-66 76-74Z", dark
    ) + shape("M-56-16C-78-18-84 6-78 40C-70 36-66 12-54-2Z", dark)
    tack = (
        shape("M-20-34Q-4-26 16-32L20-8Q2-2-18-8Z", "#a63a22")
        + stroke("M-2-8V16M-2 16h8", "#4a3424", 3)
        + stroke("M76-74Q82-60 94-42M86-60Q50-40 18-34", "#4a3424", 2.4)
        + circle(86, -64, 2.8, "#2f2018")
    )
    leg = shape("M-10-42C6-44 16-36 18-24C18-10 12 0 8 14H-4C-2-4-6-16-12-24Z", "#3f5d7a") + shape(
        "M-5 12H9L10 22H22Q24 28 18 28H-5Z", "#3a2418"
    )
    torso = shape("M-16-40C-18-62-14-84 0-88C14-86 18-70 16-40Z", "#e8b23c") + shape(
        "M2-78C16-76 22-62 40-52L36-44C20-48 6-54 0-64Z", "#d99e26"
    )
    head = (
        circle(2, -100, 12.500, "#f3cfa6")
        + shape("M-13-100C-14-116 16-118 17-102L21-99Q4-98-13-100Z", "#5b3a2a")
        + circle(8, -98, 1.4, "#3a2418")
        + stroke("M-8-96Q0-86 8-88", "#3a2418", 1.8)
        + circle(42, -48, 4.4, "#f3cfa6")
    )
    rider = off + body + near + hooves + mane + tack + leg + torso + head
    trees = "".join(
        stroke(f"M{x} 132V{y}", "#5b3a24", 5)
        + "".join(
            circle(
                x + dx * s, y + dy * s, 17 * s, in_turn(("#c4402a", "#e07b2f", "#d95a2a", "#e8a23a"), n + i)
            )
            for i, (dx, dy) in enumerate([(-14, 4), (14, 2), (0, -14), (0, 8)])
        )
        for n, (x, y, s) in enumerate(((34, 78, 1.25), (78, 94, 0.8), (276, 74, 1.3), (312, 92, 0.9)))
    )
    path = shape("M0 164Q120 140 320 158V200H0Z", "#d9bd8a") + shape(
        "M0 188Q160 176 320 190V200H0Z", "#8a9a54"
    )
    leaves = "".join(
        maple(x, y, 0.9, c, x)
        for x, y, c in (
            (28, 182, "#c4402a"),
            (250, 176, "#e07b2f"),
            (296, 186, "#c4402a"),
            (70, 190, "#e8a23a"),
            (210, 40, "#e07b2f"),
            (120, 30, "#c4402a"),
        )
    )
    return landscape(
        "#e3edec",
        hills("#e0a577", "#b9683f"),
        rect(0, 128, 320, 72, "#96a25c"),
        trees,
        path,
        faint(0.25, ellipse(152, 176, 84, 7, "#3a2418")),
        at(142, 112, rider, 0.82),
        leaves,
        low="#f8e4c4",
    )
