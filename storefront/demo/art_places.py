"""The three villages, the season's banner and a guest house as landscapes."""

from storefront.demo.art_lowlands import daisy_hill, lake_with_island, paddies, vegetable_fields
from storefront.demo.art_outdoors import hills
from storefront.demo.art_shapes import (
    Illustration,
    at,
    circle,
    ellipse,
    faint,
    in_turn,
    inside,
    landscape,
    maple,
    rect,
    shape,
    stroke,
)
from storefront.demo.art_vessels import dots


def hero_picture() -> Illustration:
    alt = "노을 진 늦가을 산 앞, 주황빛 대봉감이 가지마다 달린 감나무"
    return Illustration(_persimmon_tree_at_dusk(), alt, "village")


def village_pictures(slug: str) -> list[Illustration]:
    """Two landscapes of `naejangsan`, `okjeongho` or `daejeong`; none for a village unknown here."""
    return [Illustration(draw(), alt, "village") for draw, alt in LANDSCAPES.get(slug, [])]


def _persimmon_tree_at_dusk() -> str:
    ridges = (shape("M0 92C44 56 80 74 116 50s64-6 100 14 72-14 104-18V200H0Z", "#d99a6c") + shape("M0 116C42 90 84 106 122 88s84-4 120 12 52-8 78-10V200H0Z", "#b8643f")
              + shape("M0 146C54 126 100 130 150 136s118-20 170-6V200H0Z", "#8a3f28") + shape("M0 172C62 158 134 164 188 168s98-8 132-4V200H0Z", "#4d5a3a"))  # fmt: skip
    rows = faint(
        0.8,
        stroke(
            "M-10 190C62 174 130 178 196 182s110-4 140-6M-10 202C76 186 150 188 210 192s100-4 130-5",
            "#6c7a4c",
            2.2,
        ),
    )
    mist = faint(0.5, ellipse(84, 94, 64, 6, "#fff") + ellipse(176, 110, 52, 5, "#fff"))
    tree = stroke("M284 186C280 144 286 102 272 62", "#3a2418", 7) + stroke(
        "M279 124C260 110 240 108 224 92M281 96C298 80 304 78 320 74M274 76C260 66 246 66 230 56M271 64C274 46 284 34 292 26M262 114Q250 128 236 132",
        "#3a2418",
        3.6,
    )
    fruit = [
        (222, 100),
        (240, 118),
        (232, 66),
        (250, 78),
        (296, 40),
        (308, 86),
        (298, 110),
        (266, 48),
        (236, 140),
        (258, 96),
        (286, 66),
        (316, 60),
    ]
    persimmons = "".join(
        at(
            x,
            y,
            circle(0, 0, 9.6, "#e8642a")
            + faint(0.5, ellipse(-3.4, -2, 2.2, 4, "#f9b27c", 16))
            + shape("M-6-7 0-11 6-7 0-4.500Z", "#5a6b38"),
        )
        for x, y in fruit
    )
    return landscape(
        "#fbe9c9", circle(196, 52, 21, "#fff3d6"), ridges, rows, mist, tree, persimmons, low="#f3b67a"
    )


def _maple_valley() -> str:
    peaks = shape(
        "M0 110L34 66 58 82 96 34 128 70 156 44 190 84 226 50 262 88 290 66 320 92V200H0Z", "#c9876a"
    ) + shape("M0 130C30 96 60 108 92 92s62 8 96 2 66-10 132 16V200H0Z", "#b5562f")
    crowns = "".join(
        circle(
            8 + n * 13.3,
            128 + n * 37 % 13,
            13,
            in_turn(("#c4402a", "#e07b2f", "#d95a2a", "#a63a22", "#e8a23a", "#7d8a45"), n * 5 + n // 3),
        )
        for n in range(25)
    )
    pond = shape("M0 150Q160 138 320 150V200H0Z", "#7fb0b3") + faint(
        0.5, stroke("M24 164h50M112 186h66M212 172h74M40 192h40M250 190h44", "#e6f4f5", 2.6)
    )
    mirror = faint(0.35, rect(128, 158, 64, 10, "#4f6f8f", 3) + shape("M118 170Q160 190 202 170Z", "#4f6f8f"))
    pillars = "".join(rect(x, 116, 4.4, 34, "#a63a22") for x in (130, 146, 169, 186))
    pavilion = (
        rect(122, 148, 76, 6, "#e9dfc8", 2)
        + "".join(rect(x, 153, 6, 10, "#8b8f8a") for x in (130, 157, 184))
        + rect(128, 134, 64, 4, "#a63a22")
        + pillars
        + rect(126, 112, 68, 6, "#3f6b58")
    )
    roof = (
        shape("M108 114Q126 108 134 94Q160 86 186 94Q194 108 212 114Q160 104 108 114Z", "#3f6f93")
        + stroke("M134 94Q160 85 186 94", "#2b506d", 3.4)
        + circle(160, 86, 3, "#2b506d")
    )
    bridge = stroke("M198 152H262", "#a98f6a", 5) + stroke("M206 152v8M226 152v8M246 152v8", "#8b734f", 3)
    boughs = stroke("M-4 20Q40 22 74 44M320 8Q284 18 262 40", "#4a2f20", 4) + "".join(
        maple(x, y, s, c, x * 3)
        for x, y, s, c in (
            (20, 26, 1.8, "#c4402a"),
            (46, 40, 1.6, "#e07b2f"),
            (70, 52, 1.4, "#c4402a"),
            (36, 12, 1.3, "#e8a23a"),
            (300, 18, 1.8, "#c4402a"),
            (276, 38, 1.5, "#e07b2f"),
            (258, 50, 1.2, "#a63a22"),
            (310, 40, 1.2, "#e8a23a"),
        )
    )
    return landscape("#dcebee", peaks, crowns, pond, mirror, bridge, pavilion, roof, boughs, low="#fbe3c6")


def _maple_road() -> str:
    road = shape("M146 92H172L262 200H44Z", "#e3cfa8") + faint(
        0.4, shape("M158 92H162L176 200H140Z", "#fff6e0")
    )
    trunks, crowns = "", ""
    for n, (offset, y, size) in enumerate(((24, 96, 0.5), (46, 106, 0.75), (80, 124, 1.1), (130, 154, 1.7))):
        for side in (-1, 1):
            x = 159 + side * offset
            trunks += stroke(f"M{x} {y + 14 * size}V{y - 34 * size}", "#5b3a24", 5 * size)
            crowns += "".join(
                circle(
                    x + dx * size,
                    y + dy * size,
                    19 * size,
                    in_turn(("#c4402a", "#e07b2f", "#d95a2a", "#e8a23a", "#b53a22"), n * 2 + i + (side > 0)),
                )
                for i, (dx, dy) in enumerate([(-16, -40), (16, -42), (0, -58), (-8, -30), (10, -30)])
            )
    leaves = "".join(
        maple(x, y, s, c, x * 7)
        for x, y, s, c in (
            (92, 178, 1, "#c4402a"),
            (130, 160, 0.7, "#e07b2f"),
            (206, 184, 1.1, "#e8a23a"),
            (176, 146, 0.6, "#c4402a"),
            (158, 188, 0.9, "#d95a2a"),
            (60, 192, 1.1, "#e07b2f"),
            (252, 190, 1, "#c4402a"),
            (184, 120, 0.5, "#e07b2f"),
        )
    )
    gate = (
        rect(132, 62, 5, 34, "#a63a22")
        + rect(182, 62, 5, 34, "#a63a22")
        + shape("M118 64Q159 48 201 64L196 68Q159 56 122 68Z", "#4f5d66")
    )
    return landscape(
        "#f3ead6",
        shape("M0 100L60 52 110 84 168 40 226 80 276 54 320 84V200H0Z", "#d7a184"),
        rect(0, 92, 320, 108, "#a8964f"),
        road,
        gate,
        trunks,
        crowns,
        leaves,
        low="#fbe0bd",
    )


LANDSCAPES = {
    "naejangsan": [
        (_maple_valley, "단풍 든 내장산 봉우리 아래 연못에 선 푸른 기와 정자"),
        (_maple_road, "붉고 노란 단풍나무가 양쪽에 늘어선 마을 길"),
    ],
    "okjeongho": [
        (lake_with_island, "물안개 낀 옥정호와 붕어섬, 앞쪽 호숫가에 핀 하얀 구절초"),
        (daisy_hill, "호수가 보이는 솔숲 언덕에 가득 핀 구절초와 오솔길"),
    ],
    "daejeong": [
        (paddies, "누렇게 익은 대정마을 논과 볏단, 논둑에 선 백로"),
        (vegetable_fields, "줄지어 자라는 유기농 채소밭과 허수아비, 비닐하우스"),
    ],
}


def guest_house() -> str:
    wing = "M36 92Q66 82 84 62Q160 48 236 62Q254 82 284 92L276 97Q160 84 44 97Z"
    tiles = inside(
        wing,
        "tiles",
        "".join(stroke(f"M{160 + n * 9} 50L{160 + n * 12.500} 100", "#414c55", 2.4) for n in range(-11, 12)),
    )
    roof = (
        shape(wing, "#56636c")
        + tiles
        + stroke("M84 61Q160 47 236 61", "#39434b", 5)
        + shape("M44 97Q160 84 276 97L272 103Q160 91 48 103Z", "#6b4a2f")
    )
    walls = rect(62, 98, 196, 56, "#f6ead2") + "".join(
        rect(x, 96, 7, 60, "#7a5230") for x in (60, 108, 156, 204, 252)
    )
    doors = "".join(
        rect(x, 108, 37, 44, "#fbdc98", 1)
        + stroke(
            f"M{x + 9} 108v44M{x + 18.500} 108v44M{x + 28} 108v44M{x} 119h37M{x} 130h37M{x} 141h37",
            "#a87140",
            1.5,
        )
        for x in (69, 117, 165, 213)
    )
    porch = (
        rect(50, 152, 220, 8, "#a87140")
        + rect(50, 160, 220, 4, "#7a5230")
        + "".join(rect(x, 162, 8, 12, "#8b8f8a") for x in (64, 128, 184, 248))
    )
    step = rect(134, 166, 52, 9, "#a5a8a0", 3) + at(
        152, 164, ellipse(-4, 0, 6, 2.4, "#fdfbf5") + ellipse(9, 0, 6, 2.4, "#fdfbf5")
    )
    tree = stroke(
        "M300 170C296 130 304 110 296 84M299 122q-12-8-20-20M298 108q10-8 18-20", "#4a2f20", 5
    ) + dots([(280, 98), (292, 80), (312, 84), (304, 100), (272, 112)], 8, "#e8642a")
    crocks = "".join(
        at(x, 176, ellipse(0, -11, 12, 12, "#5f3a26") + ellipse(0, -22, 8, 2.8, "#7a4829"), s)
        for x, s in ((20, 1), (42, 1.15))
    )
    stars = dots([(40, 22), (92, 34), (140, 16), (196, 28), (230, 14), (20, 48)], 1.4, "#fff3d6")
    glow = faint(0.16, ellipse(160, 178, 96, 12, "#ffd98a"))
    return landscape(
        "#4f5f86",
        circle(272, 34, 14, "#fff3d6"),
        stars,
        hills("#7a6a86", "#5f5670"),
        rect(0, 150, 320, 50, "#5d6650"),
        shape("M140 200Q152 180 150 174H172Q172 184 190 200Z", "#a59878"),
        walls,
        doors,
        roof,
        porch,
        glow,
        step,
        tree,
        crocks,
        low="#f0a877",
    )
