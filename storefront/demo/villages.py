"""The demo's city and its three villages: real places, invented sellers and people, marked 견본."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from market.figures import Target
from market.ledger.commission import CommissionRule
from market.orders import Channel
from storefront.demo.seasons import monthly_plan
from villages.city import City
from villages.village import Accent, Village, Villager

ACCENTS = (Accent.maple, Accent.lake, Accent.leaf)
SHARES = {"naejangsan": 36, "okjeongho": 27, "daejeong": 37}
"""Of a hundred won of the year's target."""

PARCELS_A_DAY = {"okjeongho": 12}
VILLAGES: tuple[dict[str, Any], ...] = (
    {
        "slug": "naejangsan", "name": "내장산마을", "short_name": "내장산 마을", "accent": Accent.maple, "tagline": "단풍골, 한과와 사과",
        "known_for": "한과, 사과, 배, 복분자, 쌍화차, 승마", "address": "전북특별자치도 정읍시 내장동 견본길 1",
        "story": "가을이면 온 산이 붉어지는 골짜기에서 사과와 배를 기르고 설과 추석에 한과를 만듭니다. 봄에는 복분자 꽃이 피고, 겨울에는 쌍화차를 달입니다. 말을 타고 숲길을 도는 체험과 하룻밤 머무는 민박도 있습니다.",
        "latitude": "35.495400", "longitude": "126.896200", "phone": "0630000001", "company": "내장산마을 운영위원회(견본)",
        "ceo": "김단풍(견본)", "business_no": "000-00-00001", "mail_order_no": "제2026-견본정읍-0001호", "email": "naejangsan@demo.example",
    },
    {
        "slug": "okjeongho", "name": "옥정호청정마을", "short_name": "옥정호 마을", "accent": Accent.lake, "tagline": "물안개와 구절초, 감과 꿀",
        "known_for": "곶감, 대봉감, 고구마, 구절초, 오디, 벌꿀", "address": "전북특별자치도 정읍시 산내면 견본길 2",
        "story": "물안개 피는 호숫가 언덕에 가을이면 구절초가 하얗게 덮입니다. 감을 깎아 바람에 말리고, 비탈밭에서 고구마와 고추를 기릅니다. 물들임과 비누 만들기, 고구마 캐기를 함께 합니다.",
        "latitude": "35.560300", "longitude": "127.056700", "phone": "0630000002", "company": "옥정호청정마을 영농조합(견본)",
        "ceo": "박호수(견본)", "business_no": "000-00-00002", "mail_order_no": "제2026-견본정읍-0002호", "email": "okjeongho@demo.example",
    },
    {
        "slug": "daejeong", "name": "대정유기농녹색마을", "short_name": "대정 유기농 마을", "accent": Accent.leaf, "tagline": "우렁이 논의 쌀과 채소",
        "known_for": "쌀, 딸기, 블루베리, 절임배추, 장류, 유정란", "address": "전북특별자치도 정읍시 대정마을 견본길 3",
        "story": "논에 우렁이를 풀어 쌀을 짓고, 비닐집에서 딸기와 토마토를 기릅니다. 마당의 항아리에는 된장과 고추장이 익습니다. 딸기 따기와 두부 만들기, 십일월에는 김장을 함께 합니다.",
        "latitude": "35.620100", "longitude": "126.860500", "phone": "0630000003", "company": "대정유기농녹색마을 협동조합(견본)",
        "ceo": "이초록(견본)", "business_no": "000-00-00003", "mail_order_no": "제2026-견본정읍-0003호", "email": "daejeong@demo.example",
    },
)  # fmt: skip
"""The fourth and later digits of a business number are such that the last one is never its check digit."""


@dataclass(frozen=True)
class Person:
    """A villager, in the order of the portraits."""

    village: str
    name: str
    trade: str
    words: str


VILLAGERS = (
    Person(
        "naejangsan",
        "김순자(견본)",
        "사과 농부",
        "서리 맞은 사과가 제일 답니다. 흠집 난 것도 버리지 않고 싸게 보냅니다.",
    ),
    Person(
        "naejangsan",
        "정말례(견본)",
        "차 덖는 어르신",
        "단풍잎은 새벽에 따야 향이 남아요. 솥 앞을 떠나지 않습니다.",
    ),
    Person(
        "daejeong",
        "최영호(견본)",
        "딸기 농부",
        "새벽 다섯 시에 따서 그날 부칩니다. 아이들이 따러 오는 주말이 제일 좋습니다.",
    ),
    Person("okjeongho", "박미정(견본)", "마을 사무장", "전화 주시면 제가 받습니다. 상자도 제가 싸고요."),
    Person("daejeong", "이복남(견본)", "벼농사 짓는 어르신", "우렁이가 풀을 뜯으니 사람은 거들기만 합니다."),
    Person("okjeongho", "한지수(견본)", "귀농 청년", "곶감 깎는 법을 어르신께 삼 년 배웠습니다."),
)


async def load_city() -> City:
    """The one row of the city; its season's banner is hung later."""
    return await City.create(
        id=1, name="정읍시", market_name="정읍 마을장터", company="정읍시 정보화마을 협의회(견본)", ceo="한누리(견본)",
        business_no="000-00-00009", mail_order_no="제2026-견본정읍-0009호", address="전북특별자치도 정읍시 견본로 1",
        phone="0630000000", phone_hours="평일 9시–18시", email="market@demo.example", hosting="정읍시(견본)",
        bank_name="견본은행", bank_account="000-0000-0000-00", bank_holder="정읍 마을장터(견본)", is_demo=True,
    )  # fmt: skip


async def load_villages() -> dict[str, Village]:
    """The three villages by name, with their people."""
    villages = [
        await Village.create(
            phone_hours="평일 9시–18시", postage_fee=4000, postage_free_over=50000, cut_off=11, **facts
        )
        for facts in VILLAGES
    ]
    by_slug = {village.slug: village for village in villages}
    for position, person in enumerate(VILLAGERS):
        await Villager.create(
            village=by_slug[person.village],
            name=person.name,
            trade=person.trade,
            words=person.words,
            position=position,
        )
    return {village.name: village for village in villages}


async def load_commission(first: date) -> None:
    """What the city keeps since `first`: 3 % of what is sold online. Invented; the villages' own sales are free."""
    await CommissionRule.create(position=1, channel=Channel.online, basis_points=300, starts_on=first)


async def load_targets(villages: dict[str, Village], *, first: date, last: date) -> None:
    """What each village means to sell in each month of these years: together 300 million won a year."""
    rows = []
    for year in range(first.year, last.year + 1):
        for month, won in enumerate(monthly_plan(year), start=1):
            shares = [won * SHARES[village.slug] // 100 // 10000 * 10000 for village in villages.values()]
            shares[-1] += won - sum(shares)
            rows += [
                Target(village=village, month=date(year, month, 1), amount=share)
                for village, share in zip(villages.values(), shares, strict=True)
            ]
    await Target.bulk_create(rows)
