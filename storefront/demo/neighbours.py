"""Twelve neighbours in Jeongeup, as the national dataset names them: introduced here, selling nothing.

Facts from 전국농어촌체험휴양마을표준데이터 (data.go.kr 15013113), edition 2025-08. Its known mistakes stay out:
the address of 송죽마을 there is of another county, so that it has none here.
"""

from dataclasses import dataclass

from storefront.demo.villages import ACCENTS
from villages.contacts import read_phone
from villages.village import Village, VillageState

ORIGIN = "전국농어촌체험휴양마을표준데이터(공공데이터포털 15013113), 2025-08-07 기준"
CITY = "전북특별자치도 정읍시"


@dataclass(frozen=True)
class Neighbour:
    slug: str
    name: str
    address: str
    known_for: str
    phone: str = ""
    place: tuple[str, str] | None = None  # latitude, longitude


NEIGHBOURS = (
    Neighbour("hwangtohyeon", "황토현 녹두랑 시루랑 마을", "덕천면 동학로 794-173", "녹두주먹밥만들기, 목공체험, 원예체험, 동학농민혁명 유적지 탐방", "", ("35.627762", "126.834168")),
    Neighbour("taesan-seonbi", "태산선비마을", "칠보면 칠보산로 1507", "선비문화체험, 한지부채체험, 국궁(활)체험, 연잎밥체험", "063-536-7742", ("35.602912", "126.988578")),
    Neighbour("dalgoun-sagyo", "달고운청정사교마을", "산내면 사교2길 12-10", "다도실습, 장류담그기체험, 천연염색, 모시송편만들기체험", "", ("35.576060", "127.064463")),
    Neighbour("kkotdure", "꽃두레행복마을", "소성면 입고로 524", "향수만들기, 딸기수확, 가죽공예, 원예치료체험", "063-535-0304", ("35.553840", "126.777134")),
    Neighbour("singi", "신기마을(십장생마을)", "산내면 능교신기길 14", "매실따기체험, 옥수수따기체험, 야생화체험", "", ("35.569514", "127.021764")),
    Neighbour("songjuk", "송죽마을", "", "모시송편만들기, 생활차체험, 모시족욕체험"),
    Neighbour("sanghak", "상학돌담길마을", "덕천면 상학3길 20 (상학리)", "돌담길따라걷기, 수확체험", "", ("35.617163", "126.807258")),
    Neighbour("baegyeon", "백연마을", "신태인읍 백산감산로 105", "실내야구연습체험, 티볼체험", "063-571-9088", ("35.691729", "126.909785")),
    Neighbour("minha", "민하마을", "산외면 민하길 45 (정량리)", "곶감빵만들기, 블루베리쨈만들기", "063-635-0125", ("35.614558", "127.061532")),
    Neighbour("jeongmun", "정문마을", "정문들목길 63-1", "전통두부만들기, 콩국수만들기, 두부도넛만들기", "", ("35.591424", "126.817485")),
    Neighbour("maedang", "매당마을", "옹동면 정동길 66", "블랙베리수확, 생강청만들기, 청국장만들기체험", "063-535-8815", ("35.636351", "126.959098")),
    Neighbour("daeheungri", "대흥리마을", "입암면 접지중앙길 55", "감자수확체험, 블루베리잼만들기, 손수건천연염색", "", ("35.524973", "126.810504")),
)  # fmt: skip


async def load_neighbours() -> None:
    await Village.bulk_create([_village(neighbour, number) for number, neighbour in enumerate(NEIGHBOURS)])


def _village(neighbour: Neighbour, number: int) -> Village:
    latitude, longitude = neighbour.place or (None, None)
    return Village(
        slug=neighbour.slug, name=neighbour.name, short_name=neighbour.name[:20], state=VillageState.neighbour,
        accent=ACCENTS[number % len(ACCENTS)], known_for=neighbour.known_for, origin=ORIGIN,
        address=f"{CITY} {neighbour.address}" if neighbour.address else "",
        phone=read_phone(neighbour.phone) if neighbour.phone else "", latitude=latitude, longitude=longitude,
    )  # fmt: skip
