"""The lake and the fields: landscapes of two of the three villages."""

from storefront.demo.art_shapes import (
    DEEP_LEAF,
    LEAF,
    at,
    circle,
    daisy,
    ellipse,
    faint,
    in_turn,
    inside,
    landscape,
    leaf,
    rect,
    scattered,
    shape,
    stroke,
)
from storefront.demo.art_vessels import dots


def lake_with_island() -> str:
    far = shape("M0 84C40 56 78 74 118 54s76 6 112 8 60-18 90-14V110H0Z", "#8fb3b3") + shape(
        "M0 98C60 80 120 92 170 90s100-12 150-2V116H0Z", "#5f8c86"
    )
    water = rect(0, 104, 320, 96, "#8fc0c8") + faint(
        0.8, stroke("M36 118H92M150 114H232M236 130H292M66 132H112M140 146H176", "#e6f4f5", 2.6)
    )
    island = (
        ellipse(176, 132, 54, 8, "#6fa3ab")
        + shape(
            "M124 130C134 118 150 120 160 112C170 104 186 108 194 116C206 114 222 122 230 130Q176 138 124 130Z",
            "#4d7a5a",
        )
        + dots([(150, 117), (164, 110), (178, 108), (192, 114), (206, 120)], 6, "#3f6a4c")
    )
    mist = faint(
        0.55,
        ellipse(70, 100, 84, 5.500, "#fff"),
        ellipse(240, 106, 90, 5, "#fff"),
        ellipse(150, 96, 60, 4, "#fff"),
    )
    boat = at(
        66,
        148,
        shape("M-24 0H26Q20 11 12 11H-12Q-20 10-24 0Z", "#7a4f2c") + stroke("M6 0 24-22", "#a87140", 2.4),
    )
    shore = shape("M0 168C60 152 130 160 190 164s90-8 130-2V200H0Z", "#5c7f4c")
    flowers = "".join(daisy(8 + n * 23.5, 176 + n * 11 % 17, 1.15 + n % 3 * 0.2) for n in range(14))
    return landscape(
        "#d5e7ea",
        circle(252, 36, 15, "#fff6dc"),
        far,
        water,
        island,
        mist,
        boat,
        shore,
        flowers,
        low="#f6efdc",
    )


def daisy_hill() -> str:
    lake = shape("M0 92H320V150H0Z", "#8fc0c8") + faint(
        0.7, stroke("M40 102h60M170 98h80M110 112h60M230 114h60", "#e6f4f5", 2.4)
    )
    hill = shape("M0 132C70 96 140 104 200 124S290 128 320 116V200H0Z", "#7c9f58") + shape(
        "M0 160C80 136 170 150 320 148V200H0Z", "#5f8546"
    )
    path = shape(
        "M196 200C190 176 214 164 198 148C186 136 176 132 178 122L184 122C186 130 198 134 208 146C226 164 216 178 236 200Z",
        "#ead9b4",
    )
    pines = "".join(
        at(
            x,
            y,
            stroke("M0 10V-6", "#6b4a2a", 3.4) + shape("M0-42 15-14H8L18 2H-18L-8-14H-15Z", "#3f6a4c"),
            s,
        )
        for x, y, s in ((36, 120, 1.1), (62, 112, 0.85), (284, 118, 1.05), (306, 122, 0.8))
    )
    flowers = "".join(
        daisy(x, y, s, in_turn(("#fff", "#fff", "#f6dce6"), n))
        for n, (x, y, s) in enumerate(
            (160 + dx, 172 + dy, 0.95 + dy / 60) for dx, dy in scattered(70, 190, 34)
        )
        if not 180 < x < 240
    )
    return landscape(
        "#dcebee",
        shape("M0 92C50 56 90 76 130 58s80 4 110 10 50-14 80-10V96H0Z", "#7ea7a5"),
        lake,
        hill,
        path,
        pines,
        flowers,
        low="#f8f2e0",
    )


def paddies() -> str:
    fields = (
        rect(0, 96, 320, 104, "#c9b45a")
        + shape("M0 96H110L60 200H0Z", "#d9bf5e")
        + shape("M116 96H202L226 200H70Z", "#b9b352")
        + shape("M208 96H320V200H238Z", "#e0c868")
    )
    lines = "".join(stroke(f"M{x} 98L{x * 2.2 - 190} 200", "#a89a44", 1.4) for x in range(-40, 380, 9))
    dykes = stroke("M113 96 65 200M205 96 232 200M0 138Q160 128 320 138", "#7c8f4c", 4)
    house = (
        rect(238, 74, 44, 22, "#f6ead2")
        + shape("M230 76 246 62H276L292 76Z", "#4f6f5c")
        + rect(256, 82, 9, 14, "#a87140")
    )
    greenhouses = "".join(
        shape(f"M{x} 96V86Q{x + 17} 68 {x + 34} 86V96Z", "#eef4f2")
        + stroke(f"M{x + 11} 96V80M{x + 23} 96V80", "#c3d3d1", 1.4)
        for x in (28, 68)
    )
    stooks = "".join(
        at(
            x,
            y,
            shape("M-11 16Q-3-2-7-14H7Q3-2 11 16Z", "#e3c76a")
            + rect(-6, -5, 12, 4, "#a8813f", 2)
            + stroke("M-6-14l-4-8M0-14v-9M6-14l4-8", "#d0ae4c", 2),
            s,
        )
        for x, y, s in ((44, 166, 1.2), (96, 150, 0.9), (286, 168, 1.3), (246, 148, 0.85))
    )
    heron = at(
        158,
        160,
        stroke("M-3 10V26M4 10V26", "#6b6a5a", 1.6)
        + shape("M-14 4C-10-8 6-10 14-2C10 10-4 14-14 4Z", "#fff")
        + stroke("M10-3C18-10 6-18 12-26", "#fff", 4.4)
        + stroke("M13-27l9 2", "#e0a03a", 2.4),
    )
    return landscape(
        "#d9ebee",
        circle(62, 36, 16, "#fff3c9"),
        shape("M0 96C60 66 130 80 190 72s90-10 130-2V98H0Z", "#8fb07a"),
        fields,
        faint(0.6, lines),
        dykes,
        greenhouses,
        house,
        stooks,
        heron,
        low="#f8f4de",
    )


def vegetable_fields() -> str:
    soil = rect(0, 92, 320, 108, "#8a5a34")
    strips = "".join(
        shape(
            f"M{160 + n * 9} 92h6L{160 + n * 62 + 34} 200H{160 + n * 62 - 4}Z",
            in_turn(("#7fa84f", "#5f8f43", "#96b85c"), n + 9),
        )
        for n in range(-6, 7)
    )
    heads = ""
    for y, size, gap in ((104, 0.34, 16), (118, 0.52, 25), (138, 0.8, 39), (168, 1.2, 58)):
        heads += "".join(
            at(
                163 + n * gap,
                y,
                circle(0, 0, 11, "#557d3a") + circle(0, -1, 8, "#a9c76a") + circle(0, -2, 4.600, "#dbe5a0"),
                size,
            )
            for n in range(-5, 6)
            if n % 2 == 0
        )
        heads += "".join(
            at(
                163 + n * gap,
                y,
                leaf(0, 6, 18, -130, LEAF) + leaf(0, 6, 18, -50, LEAF) + leaf(0, 6, 20, -90, DEEP_LEAF),
                size,
            )
            for n in range(-5, 6)
            if n % 2
        )
    tunnel = inside(
        "M218 92V78Q248 46 278 78V92Z",
        "tunnel",
        rect(210, 40, 80, 60, "#eef4f2"),
        stroke("M233 92V40M248 92V40M263 92V40", "#c3d3d1", 1.6),
    )
    scarecrow = at(
        60,
        104,
        stroke("M0 34V-16M-24-4H24", "#7a5230", 3.6)
        + shape("M-16-8H16L12 18H-12Z", "#c9544a")
        + circle(0, -20, 9, "#f0d9a8")
        + shape("M-16-24H16L6-32H-6Z", "#d0ae4c"),
    )
    return landscape(
        "#e2edd5",
        circle(120, 34, 15, "#fff3c9"),
        shape("M0 92C70 60 140 74 200 66s90-8 120-2V94H0Z", "#86a96a"),
        tunnel,
        soil,
        strips,
        heads,
        scarecrow,
        low="#f8f6e4",
    )
