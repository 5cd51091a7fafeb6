"""The drawn map: north is up, nothing covers anything, everything is on the paper."""

import math
from itertools import combinations

from storefront.city_map import APART, EDGE, FINGER, PIN, WIDTH, CityMap, Place, city_map
from villages.outlines import JEONGEUP, OUTLINES, Degrees


def places(*at: Degrees) -> list[Place]:
    return [
        Place(f"v{number}", f"마을{number}", "leaf", each, number, is_running=True)
        for number, each in enumerate(at)
    ]


def drawn(*at: Degrees) -> CityMap:
    found = city_map(JEONGEUP, places(*at))
    assert found
    return found


def test_north_is_up_and_a_kilometre_is_as_long_everywhere():
    south, north, east = drawn((35.55, 126.85), (35.64, 126.85), (35.55, 126.96)).pins

    assert north.y < south.y and north.x == south.x and east.x > south.x and east.y == south.y
    to_the_north, to_the_east = (south.y - north.y) / (0.09 * 111.0), (east.x - south.x) / (0.11 * 90.5)
    assert math.isclose(to_the_north, to_the_east, rel_tol=0.02)


def test_villages_that_are_neighbours_or_in_one_spot_stand_apart():
    pins = drawn((35.60, 126.90), (35.60, 126.90), (35.6001, 126.9001), (35.62, 126.92)).pins

    assert all(math.hypot(one.x - two.x, one.y - two.y) >= APART - 0.2 for one, two in combinations(pins, 2))
    assert [pin.place.number for pin in pins] == [0, 1, 2, 3]


def test_a_finger_has_as_much_room_as_the_nearest_other_pin_leaves():
    one, other, alone = drawn((35.60, 126.90), (35.60, 126.90), (35.50, 127.05)).pins

    assert alone.reach == FINGER / 2 and APART / 2 - 0.2 <= one.reach <= APART / 2 + 0.2
    assert one.reach + other.reach <= math.hypot(one.x - other.x, one.y - other.y)


def test_everything_is_on_the_paper_also_what_lies_outside_of_the_city():
    found = drawn((35.9, 126.5), (35.3, 127.4))

    corners = [tuple(map(float, point.split(","))) for point in found.border.split()]
    inside = [
        *corners,
        *((pin.x, pin.y) for pin in found.pins),
        *((label.x, label.y) for label in found.labels),
    ]
    assert all(0 <= x <= WIDTH and 0 <= y <= found.height for x, y in inside)


def test_names_do_not_cover_each_other_or_a_pin():
    found = drawn((35.4954, 126.8962), (35.5603, 127.0567), (35.6201, 126.8605))
    boxes = [(label.x, label.y, len(label.text) * 5.5) for label in found.labels]

    assert all(
        abs(x - u) > half + other or abs(y - v) > 14 for (x, y, half), (u, v, other) in combinations(boxes, 2)
    )
    assert all(
        abs(x - pin.x) > half or abs(y - pin.y) > PIN / 2 for x, y, half in boxes for pin in found.pins
    )
    assert {"마을0", "마을1", "마을2", "▲ 내장산", "≈ 옥정호", "정읍 시내"} <= {
        label.text for label in found.labels
    }


def test_a_name_that_finds_no_room_below_or_above_begins_right_beside_its_pin():
    """Around the first one stand others, to the north and to the south."""
    found = drawn((35.60, 126.86), (35.622, 126.86), (35.578, 126.86))
    name = next(label for label in found.labels if label.text == "마을0")

    assert name.anchor == "start" and 0 < name.anchor_x - (found.pins[0].x + PIN / 2) < 6


def test_a_city_without_an_outline_and_one_without_villages():
    alone = city_map(None, places((36.0, 127.0)))

    assert alone and alone.border == "" and len(alone.pins) == 1 and EDGE <= alone.pins[0].x <= WIDTH - EDGE
    assert city_map(None, []) is None


def test_an_outline_is_a_drawing_of_few_points_and_says_what_it_was_drawn_from():
    for outline in OUTLINES.values():
        assert 20 < len(outline.border) < 80 and "2018" in outline.origin
