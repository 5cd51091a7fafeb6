"""Every row of the demo's catalogue has its own drawing, and drawings become photographs."""

import csv
import re
from collections import Counter
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

import storefront.demo.art as art
from media.resize import prepare
from storefront.demo.art import (
    Illustration,
    hero_picture,
    person_pictures,
    picture_for,
    render,
    village_pictures,
)

CATALOGUE = Path(art.__file__).with_name("catalogue.csv")
with CATALOGUE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))

VILLAGES = ("naejangsan", "okjeongho", "daejeong")


def every_picture() -> list[Illustration]:
    goods = [picture for row in ROWS for picture in picture_for(row["id"])]
    villages = [picture for slug in VILLAGES for picture in village_pictures(slug)]
    return [*goods, *villages, *person_pictures(), hero_picture()]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_row_of_the_catalogue_has_a_picture_of_its_kind(row: dict[str, str]):
    [picture] = picture_for(row["id"])

    assert picture.kind == row["kind"]


def test_all_rows_are_in_the_catalogue_once():
    assert [row["id"] for row in ROWS] == [f"P{number:03}" for number in range(1, 91)]


def test_what_is_not_in_the_catalogue_has_no_picture():
    assert picture_for("P091") == []
    assert village_pictures("elsewhere") == []


def test_no_two_pictures_are_alike_and_there_are_at_most_120():
    pictures = every_picture()

    assert len(pictures) <= 120
    assert len({picture.svg for picture in pictures}) == len(pictures)
    assert len({picture.alt for picture in pictures}) == len(pictures)


def test_each_village_has_a_landscape_and_there_are_six_people():
    assert all(village_pictures(slug) for slug in VILLAGES)
    assert len(person_pictures()) == 6


def test_pictures_have_no_words_and_fetch_nothing():
    for picture in every_picture():
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture.svg).iter()}

        assert tags <= {
            "svg",
            "g",
            "path",
            "rect",
            "circle",
            "ellipse",
            "defs",
            "clipPath",
            "linearGradient",
            "stop",
        }
        assert "href" not in picture.svg


def test_names_inside_a_picture_are_its_own():
    for picture in every_picture():
        names = Counter(re.findall(r'id="([^"]+)"', picture.svg))
        outlines = dict(re.findall(r'<clipPath id="([^"]+)"><path d="([^"]+)"', picture.svg))
        again = {name for name, count in names.items() if count > 1}

        for name in again:
            same = re.findall(rf'<clipPath id="{name}"><path d="([^"]+)"', picture.svg)
            assert set(same) == {outlines[name]}, picture.alt


def test_every_picture_says_in_korean_what_there_is_to_see():
    for picture in every_picture():
        assert re.search("[가-힣]", picture.alt)
        assert len(picture.alt) <= 100


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        (picture_for("P015")[0], (960, 960)),
        (picture_for("P084")[0], (1600, 1000)),
        (village_pictures("okjeongho")[0], (1600, 1000)),
        (person_pictures()[0], (800, 800)),
    ],
    ids=["goods", "program", "village", "person"],
)
def test_a_drawing_becomes_the_same_photograph_every_time(picture: Illustration, size: tuple[int, int]):
    png = render(picture)

    assert Image.open(BytesIO(png)).size == size
    assert render(picture) == png
    assert (prepare(png).w, prepare(png).h) == size
