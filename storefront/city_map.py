"""Geometry of the drawn map: places on the earth become places in an SVG, drawn by templates/parts/city_map.html."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from villages.outlines import Degrees, Outline

WIDTH, EDGE = 360.0, 14.0
PIN, APART, FINGER = 28.0, 40.0, 48.0
"""How wide a pin is, how near two may come, and how wide a place a finger gets where nobody else is near.

A phone draws a unit a little smaller than its pixel (0.9 at 390 px, 0.7 at 320 px), and larger text makes a pin grow
(css/finding.css): still none covers another.
"""
ROUNDS = 40
SIGNS = {"peak": "▲", "water": "≈"}
LABEL, SIGN, SPACE = 16.0, 11.0, 3.5
"""Units: how high a label is, how wide one of its signs, and the space between its words."""
BESIDE = PIN / 2 + LABEL / 2 + 1
"""From the middle of a pin to that of a name below or above it."""
AROUND_A_MARK = ((0, 0), (0, 24), (0, -24), (36, 0), (-36, 0))


@dataclass(frozen=True)
class Place:
    """A village that has a position. `number` is that of the list beside the map; None: of another page."""

    slug: str
    name: str
    accent: str
    at: Degrees
    number: int | None = None
    is_running: bool = False


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Spot:
    """Where a label may have its middle. `anchor`: which end of it keeps its place, letters are rarely that wide."""

    x: float
    y: float
    anchor: str = "middle"


@dataclass(frozen=True)
class Label:
    text: str
    x: float
    y: float
    kind: str
    anchor: str = "middle"

    @property
    def anchor_x(self) -> float:
        half = half_width(self.text)
        return round(self.x + {"start": -half, "middle": 0, "end": half}[self.anchor], 1)


@dataclass(frozen=True)
class Pin:
    """`reach`: how far around it a finger may come down."""

    place: Place
    x: float
    y: float
    reach: float


@dataclass(frozen=True)
class CityMap:
    height: int
    border: str
    labels: list[Label]
    pins: list[Pin]
    dots: list[Point]

    @property
    def width(self) -> int:
        return int(WIDTH)


def city_map(outline: Outline | None, places: Sequence[Place]) -> CityMap | None:
    """None where there is nothing to draw. Pins that would cover each other stand a little apart."""
    corners = [*(outline.border if outline else ()), *(place.at for place in places)]
    if not corners:
        return None
    scale = Scale.around(corners)
    numbered = [place for place in places if place.number is not None]
    points = moved_apart([scale.point(place.at) for place in numbered], scale)
    pins = [
        Pin(place, point.x, point.y, _reach(point, points)) for place, point in zip(numbered, points, strict=True)
    ]  # fmt: skip
    return CityMap(
        height=round(scale.height),
        border=" ".join(f"{point.x:g},{point.y:g}" for point in map(scale.point, outline.border)) if outline else "",
        labels=_labels(outline, pins, scale),
        pins=pins,
        dots=[scale.point(place.at) for place in places if place.number is None],
    )  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """North is up; a kilometre is as long to the east as to the north."""

    north: float
    west: float
    per_degree: float
    narrowing: float
    height: float

    @classmethod
    def around(cls, corners: Iterable[Degrees]) -> "Scale":
        norths, easts = zip(*corners, strict=True)
        narrowing = math.cos(math.radians((min(norths) + max(norths)) / 2))
        # A single village still has a city around it.
        wide = max((max(easts) - min(easts)) * narrowing, 0.02)
        high = max(max(norths) - min(norths), 0.02)
        per_degree = (WIDTH - 2 * EDGE) / max(wide, high * 0.8)
        return cls(max(norths), min(easts), per_degree, narrowing, high * per_degree + 2 * EDGE)

    def point(self, at: Degrees) -> Point:
        north, east = at
        x = EDGE + (east - self.west) * self.narrowing * self.per_degree
        return Point(round(x, 1), round(EDGE + (self.north - north) * self.per_degree, 1))


def moved_apart(points: Sequence[Point], scale: Scale) -> list[Point]:
    """The same points, none nearer than `APART` to another as far as the paper allows it."""
    places = [[point.x, point.y] for point in points]
    for _ in range(ROUNDS):
        moved = False
        for at, first in enumerate(places):
            for second in places[at + 1 :]:
                moved |= _push(first, second)
        for place in places:
            place[0] = min(max(place[0], EDGE), WIDTH - EDGE)
            place[1] = min(max(place[1], EDGE), scale.height - EDGE)
        if not moved:
            break
    return [Point(round(x, 1), round(y, 1)) for x, y in places]


def _push(first: list[float], second: list[float]) -> bool:
    across, down = second[0] - first[0], second[1] - first[1]
    apart = math.hypot(across, down)
    if apart >= APART:
        return False
    # Two villages with one position part to the left and to the right.
    along = (across / apart, down / apart) if apart else (1.0, 0.0)
    by = (APART - apart) / 2 + 0.1
    for place, sign in ((first, -1), (second, 1)):
        place[0] += sign * by * along[0]
        place[1] += sign * by * along[1]
    return True


def _reach(point: Point, points: Sequence[Point]) -> float:
    """Half the way to the nearest other pin, so that two never lie over each other."""
    nearest = min(
        (math.dist((point.x, point.y), (other.x, other.y)) for other in points if other is not point),
        default=FINGER,
    )
    return math.floor(min(FINGER, nearest) * 5) / 10


def _labels(outline: Outline | None, pins: list[Pin], scale: Scale) -> list[Label]:
    """Hills and waters, the names of the sellers beside their pins, and the city's parts where they find room."""
    taken = [(pin.x, pin.y, PIN / 2, PIN / 2) for pin in pins]
    labels = []
    for kind, text, spots in _wanted(outline, pins, scale):
        half = half_width(text)
        for spot in spots:
            x, y = min(max(spot.x, half), WIDTH - half), spot.y
            on_paper = LABEL / 2 <= y <= scale.height - LABEL / 2
            if on_paper and all(
                abs(x - left) > half + width or abs(y - top) > LABEL / 2 + height
                for left, top, width, height in taken
            ):
                labels.append(Label(text, round(x, 1), round(y, 1), kind, spot.anchor))
                taken.append((x, y, half, LABEL / 2))
                break
    return labels


def _wanted(outline: Outline | None, pins: list[Pin], scale: Scale) -> Iterator[tuple[str, str, list[Spot]]]:
    """Kind, text and where it may stand, the best first."""
    marks = [("peak", outline.peaks), ("water", outline.waters)] if outline else []
    for kind, found in marks:
        for name, at in found:
            yield kind, f"{SIGNS[kind]} {name}", _around(scale.point(at), AROUND_A_MARK)
    for pin in pins:
        if pin.place.is_running:
            half = half_width(pin.place.name)
            side, under = half + PIN / 2 + 2, half - PIN / 3
            aslant = [(across, down) for down in (BESIDE, -BESIDE) for across in (under, -under)]
            yield (
                "village",
                pin.place.name,
                _around(pin, ((0, BESIDE), (0, -BESIDE), (side, 0), (-side, 0), *aslant)),
            )
    for name, at in outline.districts if outline else ():
        yield "district", name, _around(scale.point(at), AROUND_A_MARK)


def _around(middle: Point | Pin, steps: Iterable[tuple[float, float]]) -> list[Spot]:
    """What stands beside it begins, or ends, there."""
    return [
        Spot(middle.x + right, middle.y + down, "start" if right > 0 else "end" if right else "middle")
        for right, down in steps
    ]  # fmt: skip


def half_width(text: str) -> float:
    spaces = text.count(" ")
    return ((len(text) - spaces) * SIGN + spaces * SPACE) / 2
