"""What a parcel to Jeju or an island costs more, by postcode and by day.

Postcode ranges: public shop tools, two of their errors corrected. Won: a courier's public table of 2017, joined by the
name of the area. Where that table names no sum for an area, its most frequent one (5,000) stands. Bridges and
couriers change both, so that a later row (a sum of 0: no longer an island) replaces an earlier one from its day on.
"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

COURIER_2017 = "택배사 도서산간 운임표 2017"
MOST_FREQUENT = "택배사 표에 없는 곳: 표의 최빈값"
SHOP_DEFAULT = "쇼핑몰 통용 기본값"


class IslandRow(NamedTuple):
    first: str
    last: str
    name: str
    won: int
    origin: str
    valid_from: date = date(2017, 1, 1)

    def covers(self, postcode: str) -> bool:
        return self.first <= postcode <= self.last

    @property
    def width(self) -> int:
        return int(self.last) - int(self.first)


ISLANDS: tuple[IslandRow, ...] = (
    IslandRow("63000", "63644", "제주특별자치도", 3000, SHOP_DEFAULT),
    # Inside Jeju's range, and narrower: the narrowest range decides.
    IslandRow("63000", "63001", "제주시 추자면", 10000, COURIER_2017),
    IslandRow("63365", "63365", "제주시 우도면", 9000, COURIER_2017),
    IslandRow("22386", "22388", "인천 중구 섬", 6000, COURIER_2017),
    IslandRow("23004", "23010", "인천 강화군 섬", 4500, COURIER_2017),
    IslandRow("23100", "23116", "인천 옹진군", 5000, MOST_FREQUENT),
    IslandRow("23124", "23136", "인천 옹진군", 5000, MOST_FREQUENT),
    IslandRow("31708", "31708", "충남 당진시 난지도", 4000, COURIER_2017),
    IslandRow("32133", "32133", "충남 태안군 가의도", 5000, COURIER_2017),
    IslandRow("33411", "33411", "충남 보령시 섬", 5000, COURIER_2017),
    IslandRow("40200", "40240", "경북 울릉군", 5000, COURIER_2017),
    IslandRow("46768", "46771", "부산 강서구 섬", 5000, MOST_FREQUENT),
    IslandRow("52570", "52571", "경남 사천시 섬", 3000, COURIER_2017),
    IslandRow("53031", "53033", "경남 통영시 섬", 4000, COURIER_2017),
    IslandRow("53089", "53104", "경남 통영시 섬", 4000, COURIER_2017),
    IslandRow("54000", "54000", "전북 군산시 옥도면", 5000, COURIER_2017),
    IslandRow("56347", "56349", "전북 부안군 위도면", 5000, COURIER_2017),
    IslandRow("57068", "57069", "전남 영광군 낙월면", 4000, COURIER_2017),
    IslandRow("58760", "58762", "전남 목포시 섬", 6000, COURIER_2017),
    IslandRow("58800", "58810", "전남 신안군", 5000, MOST_FREQUENT),
    IslandRow("58816", "58818", "전남 신안군", 5000, MOST_FREQUENT),
    IslandRow("58826", "58826", "전남 신안군", 5000, MOST_FREQUENT),
    IslandRow("58828", "58866", "전남 신안군", 5000, MOST_FREQUENT),
    IslandRow("58953", "58958", "전남 진도군 조도면", 7000, COURIER_2017),
    # Wando's parishes cost 5,000 or 7,000 and the ranges do not tell them apart: the lower one.
    IslandRow("59102", "59103", "전남 완도군 섬", 5000, COURIER_2017),
    IslandRow("59106", "59106", "전남 완도군 섬", 5000, COURIER_2017),
    IslandRow("59127", "59127", "전남 완도군 섬", 5000, COURIER_2017),
    IslandRow("59129", "59129", "전남 완도군 섬", 5000, COURIER_2017),
    IslandRow("59137", "59166", "전남 완도군 섬", 5000, COURIER_2017),
    IslandRow("59650", "59650", "전남 여수시 섬", 8000, COURIER_2017),
    IslandRow("59766", "59766", "전남 여수시 섬", 8000, COURIER_2017),
    IslandRow("59781", "59790", "전남 여수시 섬", 8000, COURIER_2017),
)


def island_row(postcode: str, on: date, *, table: tuple[IslandRow, ...] = ISLANDS) -> IslandRow | None:
    """The row in force that day: the narrowest range, of the same range the latest."""
    rows = [row for row in table if row.covers(postcode) and row.valid_from <= on]
    return min(rows, key=lambda row: (row.width, -row.valid_from.toordinal()), default=None)


def surcharge(postcode: str, on: date, *, table: tuple[IslandRow, ...] = ISLANDS) -> int:
    """Won on top of the postage for a normalised postcode; 0 on the mainland."""
    row = island_row(postcode, on, table=table)
    return row.won if row else 0


@lru_cache(maxsize=4096)
def is_island(postcode: str, on: date, *, table: tuple[IslandRow, ...] = ISLANDS) -> bool:
    return surcharge(postcode, on, table=table) > 0
