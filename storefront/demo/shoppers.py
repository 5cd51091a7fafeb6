"""The demo's buyers: invented people with telephone numbers that nobody has, all over the country."""

import random
from dataclasses import dataclass

from market.checkout import Address, Buyer

FAMILY = "김이박최정강조윤장임한오서신권황안송류전"
GIVEN = (
    "민지", "영수", "순희", "지훈", "미경", "은주", "성호", "현정", "동욱", "수빈", "정숙", "재현", "보람", "경희", "태식", "유진",
    "상철", "혜란", "준서", "말자", "진우", "소연", "병철", "나래", "옥순", "기태", "하은", "종민", "선미", "용준",
)  # fmt: skip
PLACES = (
    ("04524", "서울특별시 중구 세종대로"), ("06236", "서울특별시 강남구 테헤란로"), ("03186", "서울특별시 종로구 새문안로"),
    ("08389", "서울특별시 구로구 디지털로"), ("13529", "경기도 성남시 분당구 판교역로"), ("16488", "경기도 수원시 팔달구 효원로"),
    ("10390", "경기도 고양시 일산동구 중앙로"), ("14057", "경기도 안양시 동안구 시민대로"), ("21554", "인천광역시 남동구 정각로"),
    ("35242", "대전광역시 서구 둔산로"), ("61945", "광주광역시 서구 내방로"), ("41911", "대구광역시 중구 공평로"),
    ("47545", "부산광역시 연제구 중앙대로"), ("44675", "울산광역시 남구 중앙로"), ("30151", "세종특별자치시 한누리대로"),
    ("54994", "전북특별자치도 전주시 완산구 효자로"), ("54078", "전북특별자치도 군산시 시청로"), ("56190", "전북특별자치도 정읍시 충정로"),
    ("28542", "충청북도 청주시 상당구 상당로"), ("58564", "전라남도 무안군 삼향읍 오룡길"),
)  # fmt: skip
ISLANDS = (
    ("63122", "제주특별자치도 제주시 문연로"),
    ("63584", "제주특별자치도 서귀포시 중앙로"),
    ("40210", "경상북도 울릉군 울릉읍 울릉순환로"),
)
MESSAGES = ("", "", "", "문 앞에 놓아주세요", "경비실에 맡겨주세요", "배송 전 연락 바랍니다")
CROWD = 2400


@dataclass(frozen=True)
class Shopper:
    buyer: Buyer
    address: Address


def crowd(rng: random.Random) -> list[Shopper]:
    """Everybody who ever buys; the first ones come back most often."""
    return [_shopper(number, rng) for number in range(CROWD)]


def one_of(shoppers: list[Shopper], rng: random.Random) -> Shopper:
    return shoppers[int(len(shoppers) * rng.random() ** 2)]


def _shopper(number: int, rng: random.Random) -> Shopper:
    name, phone = _name(rng), f"0100{number + 1000:07}"
    depositor = _name(rng) if rng.random() < 0.08 else ""
    mail = f"buyer{number}@demo.example" if rng.random() < 0.6 else ""
    postcode, road = rng.choice(ISLANDS if rng.random() < 0.015 else PLACES)
    is_gift = rng.random() < 0.2
    address = Address(
        _name(rng) if is_gift else name, f"0100{number + 500_000:07}" if is_gift else phone, postcode,
        f"{road} {rng.randint(1, 400)}", f"{rng.randint(1, 12)}0{rng.randint(1, 9)}호 (견본)", rng.choice(MESSAGES),
    )  # fmt: skip
    return Shopper(Buyer(name, phone, mail, depositor), address)


def _name(rng: random.Random) -> str:
    return rng.choice(FAMILY) + rng.choice(GIVEN)
