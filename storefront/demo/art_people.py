"""Six invented people of the villages, as portraits."""

from storefront.demo.art_shapes import (
    Illustration,
    at,
    circle,
    ellipse,
    faint,
    rect,
    shape,
    still_life,
    stroke,
)

SKIN, DEEP_SKIN, GREY, BLACK = "#f0c79c", "#e2b183", "#c9c6c2", "#33261f"


def person_pictures() -> list[Illustration]:
    return [Illustration(draw(), alt, "person") for draw, alt in PORTRAITS]


def _portrait(ground: str, low: str, coat: str, dark: str, hair: str, *, skin: str = SKIN, lines: bool = False,
              glasses: bool = False) -> str:  # fmt: skip
    """Head and shoulders; `hair` is drawn in two halves by the callers, behind and before the face."""
    behind, _, before = hair.partition("|")
    body = shape("M28 200C28 158 58 142 84 138L100 150 116 138C142 142 172 158 172 200Z", coat)
    collar = shape("M78 140 100 166 122 140 116 134H84Z", dark) + shape(
        "M86 128H114V142Q100 156 86 142Z", DEEP_SKIN
    )
    ears = ellipse(63, 92, 7, 10, skin) + ellipse(137, 92, 7, 10, skin)
    face = shape("M64 82C64 52 80 44 100 44S136 52 136 82C136 116 120 134 100 134S64 116 64 82Z", skin)
    brows = stroke("M76 79q8-5 15-1M109 78q8-4 15 1", "#5b4636", 2.6)
    eyes = stroke("M78 90q6-6 12 0M110 90q6-6 12 0", BLACK, 3)
    mouth = stroke("M86 112q14 13 28 0", "#b5563f", 3.4) + faint(
        0.35, circle(74, 104, 8, "#ea7f66"), circle(126, 104, 8, "#ea7f66")
    )
    nose = stroke("M100 92q-4 8 1 10", "#cf9a6b", 2.4)
    wrinkles = (
        faint(0.7, stroke("M68 90l-6-3M68 95l-6 1M132 90l6-3M132 95l6 1M84 60q16-5 32 0", "#c98f63", 1.8))
        if lines
        else ""
    )
    frames = (
        stroke(
            "M73 90a11 10 0 1 0 22 0a11 10 0 1 0-22 0M105 90a11 10 0 1 0 22 0a11 10 0 1 0-22 0M95 88q5-3 10 0",
            "#6b4a2a",
            2.2,
        )
        if glasses
        else ""
    )
    hill = shape("M0 140C40 112 80 124 120 110S180 112 200 102V200H0Z", low)
    return still_life(
        ground, hill, behind, body, collar, ears, face, wrinkles, brows, eyes, nose, mouth, frames, before
    )


def _apple_grower() -> str:
    cap = (
        shape("M60 70C58 40 78 28 100 28S142 40 140 70Q100 58 60 70Z", "#2f6b45")
        + shape("M58 70Q100 54 150 72Q156 78 146 79Q100 66 60 78Z", "#245437")
        + circle(100, 29, 4, "#245437")
    )
    return _portrait(
        "#f6e0cb",
        "#e6b892",
        "#c9614a",
        "#a84b37",
        "|" + cap + stroke("M66 80v10M134 80v10", "#4a3a30", 5),
        skin=DEEP_SKIN,
        lines=True,
    )


def _tea_maker() -> str:
    hair = (
        shape("M58 92C52 48 74 30 100 30S148 48 142 92Q140 70 128 60Q100 66 78 58Q62 68 58 92Z", GREY)
        + circle(100, 27, 15, GREY)
        + stroke("M88 25q12-8 24 0", "#aaa6a0", 2)
    )
    return _portrait("#dfe8ea", "#b7cfd2", "#7f9a8c", "#fbf6e9", "|" + hair, lines=True, glasses=True)


def _strawberry_grower() -> str:
    hat = (
        ellipse(100, 62, 66, 15, "#e3c76a")
        + shape("M66 60C66 30 80 22 100 22S134 30 134 60Q100 70 66 60Z", "#eed68a")
        + stroke("M66 56Q100 68 134 56", "#c9544a", 6)
    )
    tie = stroke("M66 68Q66 128 96 140M134 68Q134 128 104 140", "#c9544a", 3)
    return _portrait(
        "#e6efd9",
        "#b9d19a",
        "#e8a0a0",
        "#fdf6ee",
        shape("M58 70C50 120 56 138 66 146H134C144 138 150 120 142 70Z", "#4a342a") + "|" + tie + hat,
    )


def _lake_operator() -> str:
    hair = shape("M60 86C56 50 74 34 100 34S144 50 140 86Q136 66 122 58Q104 72 76 62Q64 70 60 86Z", BLACK)
    apron = rect(70, 164, 60, 40, "#1c6475", 8) + stroke("M76 166 68 142M124 166 132 142", "#1c6475", 6)
    return _portrait("#d8e9ec", "#8fc0c8", "#f3ead6", "#e3d5b6", "|" + hair + apron)


def _rice_farmer() -> str:
    towel = (
        shape("M60 74C58 48 78 34 100 34S142 48 140 74Q100 60 60 74Z", "#fdfbf5")
        + stroke("M61 70Q100 56 139 70", "#6f9ab5", 4)
        + at(142, 66, shape("M0 0Q16-10 20 2T6 12Z", "#fdfbf5"))
    )
    beard = faint(0.5, stroke("M86 124q14 8 28 0", "#a9a39c", 3))
    return _portrait(
        "#f4ecd2",
        "#d9c877",
        "#5f7a9a",
        "#48607d",
        "|" + stroke("M65 78v12M135 78v12", GREY, 5) + towel + beard,
        skin=DEEP_SKIN,
        lines=True,
    )


def _young_returner() -> str:
    back = shape(
        "M56 84C50 46 72 28 100 28S150 46 144 84C148 112 146 132 138 142H62C54 132 52 112 56 84Z", "#3f2a20"
    )
    fringe = shape(
        "M60 84C58 52 74 38 100 38S142 52 140 84Q134 62 112 56Q98 74 66 70Q61 76 60 84Z", "#4f3628"
    )
    strap = stroke("M72 200V150M128 200V150", "#4d6b2f", 12) + rect(62, 176, 76, 30, "#5d7d3a", 6)
    return _portrait("#efe3ec", "#c9b3cc", "#f0b84c", "#d99e2c", back + "|" + fringe + strap)


PORTRAITS = [
    (_apple_grower, "초록 모자를 쓰고 웃는 사과 농부"),
    (_tea_maker, "흰머리를 올려 묶고 안경을 쓴, 차를 덖는 어르신"),
    (_strawberry_grower, "밀짚모자를 쓰고 웃는 딸기 농부"),
    (_lake_operator, "청록색 앞치마를 두르고 웃는 마을 사무장"),
    (_rice_farmer, "머리에 수건을 두른, 벼농사 짓는 어르신"),
    (_young_returner, "초록 멜빵 작업복을 입고 웃는 귀농 청년"),
]
