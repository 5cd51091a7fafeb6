"""What goods lie in: bowls, jars, bottles, pouches, sacks, trays and boxes."""

from collections.abc import Sequence

from storefront.demo.art_shapes import (
    DEEP_WOOD,
    INK,
    PALE_WOOD,
    PAPER,
    WOOD,
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


def bowl(x: float, y: float, w: float, h: float, fill: str, dark: str, heap: str = "", rim: str = "") -> str:
    """A bowl whose rim has its middle at x, y; `heap` is drawn around 0,0 and stands in it."""
    r, flat = w / 2, w * 0.13
    back = ellipse(0, 0, r, flat, dark)
    side = (f"M{-r} 0A{r} {flat} 0 0 0 {r} 0C{r} {h * 0.62:.1f} {r * 0.62:.1f} {h} {r * 0.42:.1f} {h}"
            f"H{-r * 0.42:.1f}C{-r * 0.62:.1f} {h} {-r} {h * 0.62:.1f} {-r} 0Z")  # fmt: skip
    foot = rect(-r * 0.42, h - 1, r * 0.84, 7, dark, 2)
    lip = stroke(f"M{-r} 0A{r} {flat} 0 0 0 {r} 0", rim or fill, 3.4)
    light = shape(f"M{-r * 0.86:.1f} {flat}C{-r * 0.84:.1f} {h * 0.5:.1f} {-r * 0.66:.1f} {h * 0.8:.1f}"
                  f" {-r * 0.5:.1f} {h * 0.92:.1f}L{-r * 0.34:.1f} {h * 0.92:.1f}C{-r * 0.54:.1f} {h * 0.7:.1f}"
                  f" {-r * 0.66:.1f} {h * 0.5:.1f} {-r * 0.66:.1f} {flat * 1.4:.1f}Z", "#fff")  # fmt: skip
    return at(x, y, back + heap + foot + shape(side, fill) + faint(0.28, light) + lip)


def grain_heap(w: float, high: float, colours: list[str], grain: tuple[float, float] = (3, 1.7),
               count: int = 150) -> str:  # fmt: skip
    """A heap of small seeds around 0,0 that is `w` wide and `high` high."""
    r = w / 2
    low = w * 0.11
    outline = (f"M{-r} 0C{-r * 0.72:.1f} {-high * 0.55:.1f} {-r * 0.4:.1f} {-high} 0 {-high}"
               f"S{r * 0.72:.1f} {-high * 0.55:.1f} {r} 0A{r} {low:.1f} 0 0 1 {-r} 0Z")  # fmt: skip
    seeds = "".join(
        ellipse(px, py - high * 0.36, *grain, in_turn(colours[1:], number * 7 + int(px)), number * 71 % 180)
        for number, (px, py) in enumerate(scattered(count, r * 0.98, high * 0.72))
    )
    name = f"heap{int(w)}x{int(high)}"
    return shape(outline, colours[0]) + inside(outline, name, seeds)


def ball_heap(w: float, high: float, ball: str, r: float, rows: int = 4) -> str:
    """Round things piled up around 0,0; `ball` is one of them, drawn around 0,0 with radius about `r`."""
    parts = []
    for row in range(rows):
        level = row / max(1, rows - 1)
        span = w * (0.36 + 0.64 * level) - 2 * r
        y = -high + r + (high - r * 0.5) * level
        count = max(1, round(span / (r * 1.72)) + 1)
        for number in range(count):
            x = -span / 2 + (span * number / (count - 1) if count > 1 else span / 2)
            sag = (1 - (2 * x / max(span, 1)) ** 2) * w * 0.05 * level
            parts.append(at(x, y + sag, ball, turn=(number * 47 + row * 31) % 70 - 35))
    return "".join(parts)


def jar(x: float, y: float, w: float, h: float, fill: str, light: str, emblem: str = "", *,
        lid: str = "#efe3c4", tie: str = "#a63a22", level: float = 0.86) -> str:  # fmt: skip
    """A preserving jar standing at x, y with a cloth over its lid; `emblem` is drawn on the label."""
    r = w / 2
    body = f"M{-r} {-h + 14}q0-14 14-14h{w - 28}q14 0 14 14V-16q0 16-16 16H{-r + 16}q-16 0-16-16Z"
    top = -h + h * (1 - level)
    content = inside(body, f"jar{int(x)}", rect(-r, top, w, h, fill), rect(-r, top, w, 9, light))
    cloth = shape(f"M{-r + 2} {-h + 8}q{w * 0.12:.0f} 9 {w * 0.24:.0f} 1t{w * 0.25:.0f} 2 {w * 0.25:.0f}-1"
                  f" {w * 0.22:.0f}-2l-7-30q-{r - 9:.0f}-14-{w - 18:.0f} 0Z", lid)  # fmt: skip
    band = stroke(f"M{-r + 8} {-h - 3}q{r - 8} 7 {w - 16} 0", tie, 4)
    label = (
        rect(-w * 0.3, -h * 0.62, w * 0.6, h * 0.42, PAPER, 5) + at(0, -h * 0.41, emblem) if emblem else ""
    )
    shine = faint(0.32, rect(-r + 6, -h + 16, 7, h - 36, "#fff", 3.5))
    return at(x, y, shape(body, "#f3efe2") + content + label + shine + cloth + band)


def bottle(x: float, y: float, w: float, h: float, fill: str, light: str, emblem: str = "", *,
           cap: str = INK, label: str = PAPER) -> str:  # fmt: skip
    """A bottle standing at x, y."""
    r, neck = w / 2, w * 0.2
    body = (f"M{-neck} {-h}V{-h * 0.8}C{-neck} {-h * 0.72} {-r} {-h * 0.7} {-r} {-h * 0.58}V-9q0 9 9 9H{r - 9}"
            f"q9 0 9-9V{-h * 0.58}C{r} {-h * 0.7} {neck} {-h * 0.72} {neck} {-h * 0.8}V{-h}Z")  # fmt: skip
    shine = shape(f"M{-r + 5} {-h * 0.56}q2-8 8-14V-7h-4q-4 0-4-5Z", light)
    paper = rect(-r, -h * 0.48, w, h * 0.34, label) + at(0, -h * 0.31, emblem)
    return at(x, y, shape(body, fill) + shine + paper + rect(-neck - 2.5, -h - 6, neck * 2 + 5, 14, cap, 3))


def pouch(x: float, y: float, w: float, h: float, fill: str, dark: str, emblem: str) -> str:
    """A flat drinking pouch standing at x, y."""
    r = w / 2
    body = f"M{-r + 4} {-h}H{r - 4}L{r} {-h + 12}L{r - 3} -8Q{r - 2} 0 {r - 8} 0H{-r + 8}Q{-r + 2} 0 {-r + 3} -8L{-r} {-h + 12}Z"
    seam = rect(-r + 4, -h, w - 8, 9, dark, 2)
    fold = shape(f"M{-r + 3} -9Q0-20 {r - 3}-9Q{r - 2} 0 {r - 8} 0H{-r + 8}Q{-r + 2} 0 {-r + 3}-9Z", dark)
    window = ellipse(0, -h * 0.5, w * 0.34, h * 0.25, PAPER)
    shine = faint(0.25, shape(f"M{-r + 5} {-h + 14}h6L{-r + 12}-16h-6Z", "#fff"))
    return at(x, y, shape(body, fill) + fold + seam + window + shine + at(0, -h * 0.5, emblem))


def sack(x: float, y: float, w: float, h: float, fill: str, light: str, tie: str, emblem: str = "") -> str:
    """A filled sack tied at its neck, standing at x, y."""
    r = w / 2
    body = (f"M{-r * 0.84:.1f} {-h * 0.8:.1f}C{-r:.1f} {-h * 0.55:.1f} {-r * 1.08:.1f} {-h * 0.25:.1f} {-r:.1f} -10"
            f"Q{-r + 2:.1f} 0 {-r + 16:.1f} 0H{r - 16:.1f}Q{r - 2:.1f} 0 {r:.1f} -10C{r * 1.08:.1f} {-h * 0.25:.1f}"
            f" {r:.1f} {-h * 0.55:.1f} {r * 0.84:.1f} {-h * 0.8:.1f}Z")  # fmt: skip
    lit = (f"M{-r * 0.84:.1f} {-h * 0.8:.1f}C{-r:.1f} {-h * 0.55:.1f} {-r * 1.08:.1f} {-h * 0.25:.1f} {-r:.1f} -10"
           f"Q{-r + 2:.1f} 0 {-r + 16:.1f} 0h8C{-r * 0.6:.1f} {-h * 0.3:.1f} {-r * 0.6:.1f} {-h * 0.55:.1f}"
           f" {-r * 0.48:.1f} {-h * 0.8:.1f}Z")  # fmt: skip
    step = w * 0.84 / 6
    frill = (f"M{-r * 0.84:.1f} {-h * 0.8:.1f}q-6-13 2-21l{step:.1f} 8 {step:.1f}-10 {step:.1f} 9 {step:.1f}-9"
             f" {step:.1f} 9 {step * 0.86:.1f}-7q8 8 2 21Z")  # fmt: skip
    cord = stroke(f"M{-r * 0.87:.1f} {-h * 0.79:.1f}H{r * 0.87:.1f}", tie, 5)
    return at(
        x, y, shape(body, fill) + shape(lit, light) + shape(frill, light) + cord + at(0, -h * 0.38, emblem)
    )


def paper_bag(x: float, y: float, w: float, h: float, fill: str, dark: str, emblem: str) -> str:
    """A block-bottom bag with a folded top, standing at x, y."""
    r = w / 2
    front = rect(-r, -h + 16, w, h - 16, fill, 3)
    side = shape(f"M{r - 12} {-h + 16}H{r}V0H{r - 12}L{r - 7} {-h / 2}Z", dark)
    fold = shape(f"M{-r} {-h + 18}L{-r + 3} {-h}H{r - 3}L{r} {-h + 18}Z", dark)
    return at(x, y, front + side + fold + rect(-12, -h + 4, 24, 6, PAPER, 3) + at(-4, -h * 0.42, emblem))


def onggi(x: float, y: float, w: float, h: float, inner: str = "", fill: str = "#6b3d22") -> str:
    """A brown earthen crock standing at x, y, open when `inner` (drawn around 0,0) is given."""
    r, mouth = w / 2, w * 0.36
    body = (f"M{-mouth} {-h}C{-r * 1.02:.1f} {-h * 0.86:.1f} {-r * 1.1:.1f} {-h * 0.36:.1f} {-r * 0.62:.1f} -4"
            f"Q{-r * 0.58:.1f} 0 {-r * 0.5:.1f} 0H{r * 0.5:.1f}Q{r * 0.58:.1f} 0 {r * 0.62:.1f} -4"
            f"C{r * 1.1:.1f} {-h * 0.36:.1f} {r * 1.02:.1f} {-h * 0.86:.1f} {mouth} {-h}Z")  # fmt: skip
    shine = shape(f"M{-r * 0.72:.1f} {-h * 0.7:.1f}Q{-r * 0.92:.1f} {-h * 0.4:.1f} {-r * 0.62:.1f} {-h * 0.18:.1f}"
                  f"Q{-r * 0.72:.1f} {-h * 0.45:.1f} {-r * 0.55:.1f} {-h * 0.74:.1f}Z", "#d79a68")  # fmt: skip
    bands = stroke(
        f"M{-r * 0.93:.1f} {-h * 0.62:.1f}Q0 {-h * 0.5:.1f} {r * 0.93:.1f} {-h * 0.62:.1f}", "#512b16", 2
    )
    rim = ellipse(0, -h, mouth + 6, w * 0.1, "#82502f") + ellipse(0, -h, mouth, w * 0.07, "#3f2010")
    return at(x, y, shape(body, fill) + faint(0.55, shine) + bands + rim + at(0, -h, inner))


def onggi_lid(x: float, y: float, w: float) -> str:
    dome = shape(
        f"M{-w / 2} 0Q{-w * 0.4} {-w * 0.22} 0 {-w * 0.24}T{w / 2} 0Q0 {w * 0.13} {-w / 2} 0Z", "#7a4829"
    )
    return at(x, y, dome + rect(-8, -w * 0.34, 16, w * 0.12, "#5b331b", 4))


def bamboo_tray(x: float, y: float, rx: float, ry: float) -> str:
    """A round winnowing tray seen from above and in front."""
    weave = "".join(
        stroke(f"M{-rx} {offset}L{rx} {offset - 0.001}", "#c9a468", 1.3)
        for offset in range(int(-ry), int(ry), 7)
    )
    weave += "".join(stroke(f"M{o} {-ry}V{ry}", "#c9a468", 1.3) for o in range(int(-rx), int(rx), 9))
    disc = f"M{-rx + 6} 0A{rx - 6} {ry - 4} 0 1 0 {rx - 6} 0A{rx - 6} {ry - 4} 0 1 0 {-rx + 6} 0Z"
    sides = ellipse(0, 8, rx, ry, "#a87c42") + ellipse(0, 0, rx, ry, "#c4965a")
    return at(x, y, sides + shape(disc, "#e6cb94") + inside(disc, f"tray{int(rx)}", weave))


def basket(
    x: float, y: float, w: float, h: float, heap: str = "", fill: str = WOOD, dark: str = DEEP_WOOD
) -> str:
    """A woven basket whose rim has its middle at x, y; `heap` stands in it, drawn around 0,0."""
    r, low = w / 2, w / 2 * 0.78
    flat = w * 0.1
    side = f"M{-r} 0A{r} {flat} 0 0 0 {r} 0L{low} {h - 6}Q{low} {h} {low - 8} {h}H{-low + 8}Q{-low} {h} {-low} {h - 6}Z"
    rows = "".join(
        rect(-r + column * 16 + (8 if row % 2 else 0) - 8, flat + row * 9 - 2, 12, 5, dark, 2.5)
        for row in range(int(h / 9) + 1)
        for column in range(int(w / 16) + 2)
    )
    rim = stroke(f"M{-r} 0A{r} {flat} 0 0 0 {r} 0", PALE_WOOD, 7)
    woven = shape(side, fill) + inside(side, f"basket{int(x)}{int(y)}", faint(0.55, rows))
    return at(x, y, ellipse(0, 0, r, flat, dark) + heap + woven + rim)


def crate(x: float, y: float, w: float, h: float, heap: str = "", fill: str = WOOD, emblem: str = "") -> str:
    """A wooden crate whose upper edge has its middle at x, y."""
    r = w / 2
    boards = "".join(
        rect(-r + 4, offset, w - 8, h / 3 - 3, fill, 2) for offset in (h / 30, h / 3 + 1, h * 2 / 3 + 1)
    )
    back = rect(-r + 4, 0, w - 8, h, "#7d5430")
    posts = rect(-r, -5, 13, h + 8, DEEP_WOOD, 2) + rect(r - 13, -5, 13, h + 8, DEEP_WOOD, 2)
    return at(
        x, y, rect(-r + 4, -8, w - 8, 12, "#7d5430") + heap + back + boards + posts + at(0, h / 2, emblem)
    )


def carton(x: float, y: float, w: float, h: float, heap: str = "", emblem: str = "", fill: str = WOOD) -> str:
    """A cardboard box whose upper edge has its middle at x, y."""
    r = w / 2
    front = shape(
        f"M{-r} 0H{r}L{r - 8} {h - 6}Q{r - 9} {h} {r - 15} {h}H{-r + 15}Q{-r + 9} {h} {-r + 8} {h - 6}Z", fill
    )
    edge = faint(0.25, shape(f"M{-r} 0H{r}L{r - 3} 12H{-r + 3}Z", INK))
    label = rect(-30, h * 0.36, 60, h * 0.42, PAPER, 4) + at(0, h * 0.57, emblem) if emblem else ""
    return at(x, y, heap + front + edge + label)


def gift_box(items: str, *, fill: str, lining: str = PAPER, cord: str = "#c9973a") -> str:
    """A wide gift box, open and seen from above; `items` lie between 34,66 and 166,138."""
    lid = rect(22, 38, 156, 26, fill, 4) + faint(0.3, rect(22, 38, 156, 8, "#fff", 4))
    knot = stroke("M100 40c-12-16-30-12-28-2s20 8 28 2c8 6 26 8 28-2s-16-14-28 2", cord, 3.4)
    tassels = stroke("M100 42l-9 17M100 42l9 17", cord, 3)
    front = shape("M22 146H178L174 166Q173 171 167 171H33Q27 171 26 166Z", fill)
    tray = (
        rect(22, 58, 156, 94, fill, 5)
        + rect(30, 63, 140, 80, lining, 3)
        + faint(0.12, rect(30, 63, 140, 7, INK))
    )
    shadow = faint(0.18, rect(22, 146, 156, 6, INK))
    return lid + tray + items + front + shadow + knot + tassels


def plate(x: float, y: float, rx: float, fill: str = PAPER, dark: str = "#d9cfb8") -> str:
    ry = rx * 0.26
    return (
        ellipse(x, y + 5, rx * 0.98, ry, dark) + ellipse(x, y, rx, ry, fill) + ellipse(x, y, rx * 0.76, ry * 0.7, dark)
        + ellipse(x, y + 1, rx * 0.74, ry * 0.66, fill)
    )  # fmt: skip


def cup(x: float, y: float, tea: str, on_top: str = "", fill: str = "#fdfbf5", dark: str = "#e4ddcc") -> str:
    """A tea cup on its saucer, the tea's surface around x, y."""
    saucer = ellipse(0, 66, 66, 12, dark) + ellipse(0, 63, 66, 12, fill)
    body = shape("M-56 0C-56 42-34 64 0 64S56 42 56 0Z", fill)
    shade = faint(0.5, shape("M20 62C44 54 56 34 56 0H47C46 36 36 54 20 62Z", dark))
    handle = stroke("M54 8c26-6 32 30-6 36", fill, 9)
    surface = ellipse(0, 0, 56, 14, fill) + ellipse(0, 0.5, 51, 11.5, tea)
    return at(x, y, saucer + handle + body + shade + surface + on_top)


def spoon(x: float, y: float, turn: float, fill: str = "#a87140", load: str = "") -> str:
    """A wooden spoon, its bowl around x, y and its handle pointing to `turn` degrees."""
    handle = stroke("M14 0H74", fill, 6)
    return at(
        x, y, handle + ellipse(0, 0, 19, 12, fill) + ellipse(0, 0, 15, 8.6, load or "#8a5a30"), turn=turn
    )


def dots(places: Sequence[tuple[float, float]], r: float, fill: str) -> str:
    return "".join(circle(x, y, r, fill) for x, y in places)
