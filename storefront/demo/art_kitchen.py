"""Pastes, kimchi and eggs."""

from storefront.demo.art_beans import bean
from storefront.demo.art_greens import pepper
from storefront.demo.art_shapes import (
    at,
    ellipse,
    faint,
    in_turn,
    leaf,
    rect,
    scattered,
    shape,
    steam,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import (
    ball_heap,
    bowl,
    onggi,
    plate,
    spoon,
)


def pepper_paste() -> str:
    paste = (
        ellipse(0, 0, 30, 7, "#b3241b")
        + shape("M-24 0Q-14-16 2-12T24-1Q0 7-24 0Z", "#c9352a")
        + faint(0.5, stroke("M-10-5q8-6 16-2", "#ee8a78", 2.6))
    )
    return still_life(
        "#f4e0d4",
        onggi(94, 172, 124, 102, paste),
        spoon(148, 62, -50, "#c99a62", "#c9352a"),
        at(154, 164, pepper("#b3241b"), 0.62, -12),
        at(44, 166, pepper("#c4281f"), 0.5, 170),
        shade="#dfc3b3",
        floor=172,
    )


def bean_paste() -> str:
    paste = (
        ellipse(0, 0, 30, 7, "#b98232")
        + shape("M-24 0Q-14-17 2-13T24-1Q0 7-24 0Z", "#c99443")
        + "".join(ellipse(x, y, 2.6, 1.8, "#e3bd76") for x, y in ((-10, -5), (2, -8), (10, -3), (-2, -2)))
    )
    brick = (
        rect(-24, -19, 48, 38, "#a8793c", 5)
        + rect(-24, -19, 48, 9, "#c0924f", 4)
        + "".join(ellipse(x, y, 3, 2.2, "#c9a05e") for x, y in scattered(12, 18, 11))
        + stroke("M0-100V-19M-14-19V19M14-19V19", "#d9c48a", 3.4)
    )
    return still_life(
        "#ede4d0",
        onggi(82, 172, 116, 100, paste, "#74432a"),
        at(158, 56, brick, 0.9, 3),
        at(152, 162, bean("#e2bd62", "#f6e3aa", "#a87c2e"), 1.2),
        at(168, 168, bean("#d9b053", "#f6e3aa", "#a87c2e"), 1.1, 50),
        shade="#d4c8aa",
        floor=172,
    )


def fermented_beans() -> str:
    one = ellipse(0, 0, 7, 5.6, "#b07a34") + ellipse(-2, -2, 2, 1.2, "#e0b676")
    heap = ball_heap(104, 30, one, 7, 4)
    threads = faint(0.6, stroke("M-34-18q14-16 30-8M-6-26q16-10 30 2M8-20q18-6 28 6", "#f6efdc", 1.4))
    straw = "".join(
        stroke(
            f"M{22 + n * 6} {176 - n % 2 * 3}L{56 + n * 6} {150 + n % 3 * 2}",
            in_turn(("#d9bd72", "#c9a655"), n),
            2.6,
        )
        for n in range(17)
    )
    pot = bowl(100, 98, 122, 60, "#3d3330", "#241d1b", heap + threads, "#54463f")
    return still_life("#ebe3d6", straw, pot, steam(96, 62), shade="#d2c7b3", floor=170)


def kimchi() -> str:
    wedges = (
        at(0, 20, _kimchi_wedge(), 1)
        + at(4, -8, _kimchi_wedge(), 0.94, -4)
        + at(2, -34, _kimchi_wedge(), 0.8, -2)
    )
    flakes = "".join(
        ellipse(x, y - 8, 2.2, 1.3, in_turn(("#8f1a10", "#f9e6c4", "#5f8f3a"), n), n * 49)
        for n, (x, y) in enumerate(scattered(30, 44, 34))
    )
    return still_life(
        "#dfe6e4",
        plate(100, 144, 90, "#fdfbf5", "#c5d0cd"),
        at(98, 116, wedges + flakes),
        shade="#c0cdca",
        floor=166,
    )


def _kimchi_wedge() -> str:
    """A quarter of a head lying down: the white core to the left, red leaves to the right."""
    leaves = "".join(leaf(34, y, 36, turn, fill, "#f3b98a", 0.36) for y, turn, fill in
                     ((-12, -22, "#7f9a3c"), (12, 20, "#a9852f"), (-5, -8, "#c8451f"), (6, 8, "#8fa044"), (0, 0, "#d9532a")))  # fmt: skip
    body = shape("M-62 4C-62-8-40-20 0-22C24-22 44-16 48-4C50 8 40 20 8 22C-36 22-62 16-62 4Z", "#cf3f22")
    ribs = stroke("M-56 1C-30-12 0-15 36-11M-57 5C-30-2 4-4 42-1M-55 9C-30 10 4 11 38 10", "#f9e3c0", 4.2)
    sauce = stroke("M-30-4C-8-9 14-9 40-6M-30 5C-6 4 16 4 42 5M-40 14C-16 18 10 18 30 16", "#a82414", 2.6)
    return (
        leaves
        + body
        + ribs
        + sauce
        + shape("M-64 4C-64-6-56-10-48-10Q-54 4-48 17C-58 16-64 12-64 4Z", "#fbf1d8")
    )


def eggs() -> str:
    tray = "".join(
        at(40 + c * 24 + (r % 2) * 0, 84 + r * 19, ellipse(0, 5, 12.5, 8, "#8f8a80") + shape("M0-15C7-15 11-5 11 2C11 9 6 13 0 13S-11 9-11 2C-11-5-7-15 0-15Z", in_turn(("#e0ad7c", "#d89f6c", "#e8bd92", "#dba676"), r * 5 + c * 3)) + ellipse(-3.600, -4, 2.4, 4, "#f6dcc0", 16))
        for r in range(4) for c in range(6)
    )  # fmt: skip
    base = shape("M22 82H178L184 158Q184 168 174 168H26Q16 168 16 158Z", "#b5afa3") + shape(
        "M16 152L184 152L184 160Q184 170 174 170H26Q16 170 16 160Z", "#9a9488"
    )
    return still_life("#e6ecdc", base, tray, shade="#cad3bc", floor=172)
