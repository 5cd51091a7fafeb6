"""Beans, sesame and perilla, drawn."""

from storefront.demo.art_shapes import (
    LEAF,
    at,
    circle,
    ellipse,
    faint,
    in_turn,
    leaf,
    rect,
    scattered,
    shape,
    still_life,
    stroke,
)
from storefront.demo.art_vessels import ball_heap, bowl, grain_heap


def bean(fill: str, light: str, eye: str) -> str:
    return (
        ellipse(0, 0, 8.6, 7.4, fill)
        + ellipse(-2.6, -2.6, 2.4, 1.6, light, -30)
        + ellipse(4, 2.6, 2.2, 1, eye, -40)
    )


def black_beans() -> str:
    one = bean("#26212b", "#6c6478", "#d9d0c0")
    split = (
        ellipse(0, 0, 9.4, 8, "#26212b")
        + ellipse(0, 0, 7.6, 6.2, "#a8c46a")
        + stroke("M-5 0H5", "#7f9d45", 1.2)
    )
    return still_life(
        "#e1e7dc",
        bowl(100, 98, 134, 62, "#c98a4b", "#8f5a2a", ball_heap(122, 42, one, 8, 5)),
        at(44, 160, split, 1.5, -12),
        at(70, 168, split, 1.4, 15),
        at(152, 166, one, 1.4),
        shade="#c6d0bf",
        floor=170,
    )


def soy_beans() -> str:
    one = bean("#e2bd62", "#f6e3aa", "#a87c2e")
    box = (
        rect(-62, 0, 124, 62, "#c08d52", 3)
        + rect(-62, 0, 124, 9, "#d8ab73", 3)
        + stroke("M-34 12V60M34 12V60", "#a3713a", 2)
    )
    pod = shape("M-34 4C-24-16 20-20 36-8C26 10-18 18-34 4Z", "#a9b15a") + "".join(
        circle(x, -2, 8, "#bcc46e") for x in (-16, 1, 18)
    )
    return still_life(
        "#f1e8d2",
        at(100, 104, ball_heap(112, 34, one, 8, 4) + box),
        at(48, 166, pod, 0.9, -8),
        at(154, 164, one, 1.5),
        at(168, 170, one, 1.3, 40),
        shade="#dccdaa",
        floor=172,
    )


def red_beans() -> str:
    one = (
        ellipse(0, 0, 8.4, 6, "#8f2430")
        + ellipse(-2, -2, 2.6, 1.3, "#c9606a")
        + rect(1, 1.2, 5, 1.8, "#f3e0d6", 1)
    )
    gourd = shape("M-66 0A66 17 0 0 0 66 0C66 36 34 58 0 58S-66 36-66 0Z", "#d9b070") + faint(
        0.4, shape("M-56 16C-50 36-34 50-16 54C-36 42-46 30-48 18Z", "#fff")
    )
    back = ellipse(0, 0, 66, 17, "#8a5f2c")
    return still_life(
        "#f3dfda",
        at(
            100,
            104,
            back + ball_heap(118, 40, one, 7.6, 5) + gourd + stroke("M-66 0A66 17 0 0 0 66 0", "#e6c48c", 4),
        ),
        at(40, 166, one, 1.5, 20),
        at(162, 166, one, 1.4, -25),
        shade="#dfc2bb",
        floor=168,
    )


def sesame_pod() -> str:
    pods = "".join(
        at(s * 7, 20 - n * 17, ellipse(0, -6, 4.6, 9, in_turn(("#9aa84f", "#b3b862"), n)), turn=s * 24)
        for n in range(4)
        for s in (-1, 1)
    )
    bell = shape("M-5 0Q-9-12-7-16L0-13 7-16Q9-12 5 0Z", "#f4e6ee")
    return (
        stroke("M0 52V-44", LEAF, 3.4)
        + leaf(0, 34, 34, -30, LEAF)
        + leaf(0, 28, 32, 208, LEAF)
        + pods
        + at(0, -46, bell, 1.1)
    )


def white_sesame() -> str:
    heap = grain_heap(104, 40, ["#ead7a8", "#f6e9c8", "#d9c088", "#fbf3dc"], (2.1, 1.2), 260)
    return still_life(
        "#e9e6da",
        at(156, 90, sesame_pod(), 1.05, 10),
        bowl(88, 108, 120, 54, "#3f5d58", "#2a403d", heap),
        shade="#d0cbb8",
        floor=170,
    )


def black_sesame() -> str:
    heap = grain_heap(112, 46, ["#1f1d22", "#35323a", "#121114", "#4c4853"], (2.1, 1.2), 280)
    load = "".join(ellipse(x, y, 2, 1.1, "#2a272e", n * 61) for n, (x, y) in enumerate(scattered(30, 13, 7)))
    scoop = at(
        144,
        152,
        stroke("M14 0H52", "#c99a62", 6)
        + ellipse(0, 0, 21, 13, "#c99a62")
        + ellipse(0, 0, 16.5, 9.4, "#17161a")
        + load,
        turn=-16,
    )
    return still_life(
        "#eae1d3", bowl(86, 94, 126, 62, "#fdfbf5", "#cdbfa8", heap), scoop, shade="#d3c5ad", floor=170
    )


def perilla_leaf() -> str:
    blade = "M0-34C6-34 12-28 16-24L19-20 22-14 25-8 27 0 28 8 26 15C20 26 8 30 0 34C-8 30-20 26-26 15L-28 8-27 0-25-8-22-14-19-20-16-24C-12-28-6-34 0-34Z"
    veins = stroke("M0-28V32M0-14 14-22M0-2 20-10M0 10 22 4M0-14-14-22M0-2-20-10M0 10-22 4", "#7fa35c", 1.5)
    return shape(blade, "#4f7a3a") + veins + stroke("M0 33V46", "#7a4a6a", 2.6)


def perilla_seeds() -> str:
    heap = grain_heap(112, 42, ["#7a6551", "#94806a", "#5c4a39", "#a8957e"], (2.2, 2), 230)
    return still_life(
        "#dfe8da",
        at(148, 76, perilla_leaf(), 1.25, 26),
        at(54, 78, perilla_leaf(), 1.0, -30),
        bowl(98, 110, 128, 54, "#e8dcc2", "#b3a27e", heap),
        shade="#c3d0ba",
        floor=170,
    )
