"""The pencils of the demo's illustrations: flat shapes as SVG text, drawn for this project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Literal

INK = "#3a2418"
PAPER = "#fbf6e9"
LEAF, DEEP_LEAF, PALE_LEAF = "#6d8b3f", "#4d6b2f", "#a9bf6c"
WOOD, DEEP_WOOD, PALE_WOOD = "#c99a62", "#9c6a3c", "#e3c08e"

Kind = Literal["goods", "program", "village", "person"]
SIZES: dict[Kind, tuple[int, int]] = {
    "goods": (960, 960),
    "program": (1600, 1000),
    "village": (1600, 1000),
    "person": (800, 800),
}


@dataclass(frozen=True)
class Illustration:
    """A drawing without words in it; `alt` says in Korean what there is to see."""

    svg: str
    alt: str
    kind: Kind

    @property
    def size(self) -> tuple[int, int]:
        """Pixels, width and height."""
        return SIZES[self.kind]


def still_life(ground: str, *parts: str, shade: str = "", floor: float = 172) -> str:
    """One thing for sale on a plain ground, 200 by 200; `shade` is the colour of its shadow."""
    shadow = ellipse(100, floor, 74, 10, shade) if shade else ""
    return _sheet(200, 200, rect(0, 0, 200, 200, ground) + shadow + "".join(parts))


def landscape(sky: str, *parts: str, low: str = "") -> str:
    """A wide scene, 320 by 200, whose sky goes from `sky` above to `low` at the horizon."""
    stops = f'<stop stop-color="{sky}"/><stop offset=".7" stop-color="{low or sky}"/>'
    gradient = f'<defs><linearGradient id="sky" x2="0" y2="1">{stops}</linearGradient></defs>'
    return _sheet(320, 200, gradient + rect(0, 0, 320, 200, "url(#sky)") + "".join(parts))


def _sheet(w: int, h: int, body: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}">{body}</svg>'


def at(x: float, y: float, body: str, size: float = 1, turn: float = 0, *, mirrored: bool = False) -> str:
    """`body`, drawn around 0,0, moved to its place."""
    flip = " scale(-1 1)" if mirrored else ""
    return f'<g transform="translate({x:.2f} {y:.2f}) rotate({turn:.1f}) scale({size:.3f}){flip}">{body}</g>'


def rect(x: float, y: float, w: float, h: float, fill: str, corner: float = 0) -> str:
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" rx="{corner}" fill="{fill}"/>'


def circle(x: float, y: float, r: float, fill: str) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="{fill}"/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, turn: float = 0) -> str:
    turned = f' transform="rotate({turn:.1f} {x:.2f} {y:.2f})"' if turn else ""
    return f'<ellipse cx="{x:.2f}" cy="{y:.2f}" rx="{rx:.2f}" ry="{ry:.2f}" fill="{fill}"{turned}/>'


def shape(outline: str, fill: str) -> str:
    return f'<path d="{outline}" fill="{fill}"/>'


def stroke(outline: str, colour: str, width: float = 2) -> str:
    style = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{outline}" stroke="{colour}" stroke-width="{width}" {style}/>'


def faint(opacity: float, *parts: str) -> str:
    return f'<g opacity="{opacity}">{"".join(parts)}</g>'


def inside(outline: str, name: str, *parts: str) -> str:
    """`parts` cut to an outline; `name` is unique within one drawing."""
    clip = f'<clipPath id="{name}"><path d="{outline}"/></clipPath>'
    return f'<defs>{clip}</defs><g clip-path="url(#{name})">{"".join(parts)}</g>'


def scattered(count: int, rx: float, ry: float, shift: float = 0) -> list[tuple[float, float]]:
    """Evenly strewn places in an ellipse around 0,0 (the sunflower's order), from the back to the front."""
    places = []
    for number in range(count):
        reach, angle = sqrt((number + 0.5) / count), radians(number * 137.508 + shift)
        places.append((cos(angle) * reach * rx, sin(angle) * reach * ry))
    return sorted(places, key=lambda place: place[1])


def around(count: int, r: float, first: float = 0) -> Iterator[tuple[float, float, float]]:
    """x, y and degrees of `count` places on a circle."""
    for number in range(count):
        degrees = first + number * 360 / count
        yield cos(radians(degrees)) * r, sin(radians(degrees)) * r, degrees


def in_turn(colours: Sequence[str], number: int) -> str:
    return colours[number % len(colours)]


# --- what grows around everything ---------------------------------------------------------------------


def leaf(
    x: float, y: float, long: float, turn: float, fill: str = LEAF, vein: str = "", wide: float = 0.34
) -> str:
    """A leaf that starts at x, y and points to `turn` degrees (0 is to the right)."""
    w = long * wide
    blade = shape(f"M0 0C{long * 0.3:.1f} {-w:.1f} {long * 0.75:.1f} {-w:.1f} {long} 0"
                  f"C{long * 0.75:.1f} {w:.1f} {long * 0.3:.1f} {w:.1f} 0 0Z", fill)  # fmt: skip
    middle = stroke(f"M{long * 0.08:.1f} 0H{long * 0.85:.1f}", vein, max(0.8, long / 26)) if vein else ""
    return at(x, y, blade + middle, turn=turn)


def maple(x: float, y: float, size: float, fill: str, turn: float = 0) -> str:
    blade = ("M0-11 2.5-5.4 6.8-7.9 5.7-2.8 10.8-2.2 7 1.3 8.8 4.8 3.4 3.8.6 6.2.7 12H-.7L-.6 6.2"
             "-3.4 3.8-8.8 4.8-7 1.3-10.8-2.2-5.7-2.8-6.8-7.9-2.5-5.4Z")  # fmt: skip
    return at(x, y, shape(blade, fill), size, turn)


def daisy(x: float, y: float, size: float = 1, fill: str = "#fff", middle: str = "#e8b530") -> str:
    petals = "".join(
        f'<ellipse cy="-6.4" rx="2.1" ry="4.4" transform="rotate({a})"/>' for a in range(0, 360, 36)
    )
    return at(x, y, f'<g fill="{fill}">{petals}</g>' + circle(0, 0, 3.1, middle), size)


def steam(x: float, y: float, colour: str = "#fff", size: float = 1) -> str:
    wisps = stroke("M-13 0c-8-11 8-15 0-28M6-3c-8-11 8-15 0-28M22 2c-6-9 6-12 0-22", colour, 4.4)
    return at(x, y, faint(0.75, wisps), size)


def pine_sprig(x: float, y: float, turn: float, fill: str = "#4f7a4a", long: float = 46) -> str:
    needles = "".join(
        stroke(
            f"M{i} 0l{long * 0.2:.1f} {-long * 0.26:.1f}M{i} 0l{long * 0.2:.1f} {long * 0.26:.1f}", fill, 1.8
        )
        for i in range(0, int(long), 4)
    )
    return at(x, y, stroke(f"M0 0H{long}", "#7a5a34", 2.2) + needles, turn=turn)
