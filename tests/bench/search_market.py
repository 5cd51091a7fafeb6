"""A market of a hundred thousand listings that reads like a country's: many words, few of them common."""

import random
from collections.abc import Iterator
from typing import Any

from tests.bench.catalogue import Size
from villages.categories import GOODS_CATEGORIES

NATION = Size(villages=400, goods=96_000, programs=4_000, dates=12, pictures=400)

WARES: dict[str, tuple[str, ...]] = {
    "과일": tuple("사과 배 단감 대봉감 포도 샤인머스캣 복숭아 자두 딸기 수박 참외 멜론 블루베리 복분자 오디 매실 무화과 살구 체리 앵두 머루 다래".split()),
    "채소": tuple("감자 고구마 마늘 양파 배추 무 당근 대파 쪽파 생강 오이 호박 단호박 애호박 가지 토마토 방울토마토 청양고추 풋고추 상추 시금치 부추 우엉 연근 토란 도라지 더덕 옥수수".split()),
    "나물": tuple("고사리 취나물 시래기 곤드레 두릅 냉이 달래 참나물 머위 고춧잎 뽕잎 가시오가피순".split()),
    "버섯": tuple("표고버섯 느타리버섯 새송이버섯 팽이버섯 목이버섯 능이버섯 송이버섯 노루궁뎅이버섯".split()),
    "곡식": tuple("햅쌀 현미 찹쌀 흑미 보리쌀 귀리 서리태 메주콩 팥 녹두 수수 기장 율무 참깨 들깨 땅콩".split()),
    "꿀": tuple("야생화꿀 밤꿀 아카시아꿀 잡화꿀 토종꿀 벌화분 프로폴리스".split()),
    "축산": tuple("유정란 한우불고기 한우국거리 돼지갈비 오리훈제 닭가슴살 산양유 치즈 요구르트".split()),
    "차": tuple("국화차 둥굴레차 쌍화차 구절초차 단풍차 뽕잎차 우엉차 도라지차 생강차 유자차 모과차 대추차 작두콩차".split()),
    "장류": tuple("된장 고추장 간장 청국장 쌈장 막장 매실고추장 재래된장".split()),
    "김치": tuple("배추김치 깍두기 총각김치 갓김치 파김치 열무김치 동치미 백김치 묵은지".split()),
    "즙·음료": tuple("사과즙 배즙 포도즙 양파즙 호박즙 복분자원액 매실원액 오디즙 석류즙 칡즙 식혜 수정과".split()),
    "한과·떡": tuple("유과 약과 강정 인절미 송편 가래떡 절편 모시떡 시루떡 한과".split()),
    "가공": tuple("들기름 참기름 딸기잼 고춧가루 감말랭이 곶감 반건시 무말랭이 장아찌 누룽지 미숫가루 조청 두부 묵가루 식초".split()),
}  # fmt: skip
HOW = (
    "햇볕에 기른|새벽에 거둔|할머니가 말린|산 아래 자란|정성껏 고른|맑은 물로 키운|유기농|무농약|자연산|친환경|재래식|전통|수제|햇|못난이|꿀|달콤한|고당도"
    "|저온숙성|가마솥|참숯|황토|해풍 맞은|고랭지|노지|하우스|첫물|늦가을|겨울|봄|알뜰|명품|특품|가정용|선물용|프리미엄|우리밀|토종|유황|게르마늄"
).split("|")
BREEDS = (
    "부사 홍로 아오리 감홍 신고 원황 추황 화산 설향 금실 죽향 캠벨 거봉 머루포도 신동진 추청 새청무 고시히카리 수미 두백 꿀밤 호박고구마"
    " 베니하루카 대서마늘 육쪽 홍산 백다다기 미니 대추방울 흑 적 황금 왕 애기 반달 통 슬라이스 다진 깐 말린 생 냉동 절임 볶음 구운 찐"
).split()
PACKS = (
    "1kg|2kg|3kg|5kg|10kg|20kg|500g|800g|1.5kg|30구|40구|1접|1box|선물세트|선물세트 2호|소포장|대용량|10병|1.8L|500ml|100ml 30포|100ml 50포|3입|6입"
).split("|")
DOING = tuple(
    "떡메치기 두부만들기 고구마캐기 감자캐기 사과따기 딸기따기 한지공예 천연염색 별보기 모내기 김장체험 송편빚기 인절미만들기 승마체험 도자기빚기"
    " 메주만들기 고추장담그기 전통혼례 농가민박 한옥스테이 캠핑 다슬기잡기 미꾸라지잡기 연날리기 썰매타기 황토방체험 숲해설 풍물배우기 짚풀공예 손두부".split()
)
STARTS, MIDDLES, ENDS = "가 나 다 라 마 바 사 아 자 차 하 강 남 달 별 물 산 솔 송 월 은 금 청 백 흑 황 대 소 상 중 하 내 외 동 서 북".split(), "가 기 나 내 담 둔 들 량 룡 림 매 목 미 반 방 산 수 신 양 연 영 원 은 인 장 전 정 천 평 포 하 향 현 호 화".split(), "골 곡 내 들 락 리 말 면 뫼 벌 봉 산 실 암 원 재 지 천 촌 치 터 평 포 현".split()  # fmt: skip


def words_of(number: int, row: dict[str, Any], dice: random.Random, told: list[str]) -> dict[str, Any]:
    """Its name, category and texts. `told` are what stories are made of, the commonest first."""
    place = one_place(dice)
    story = " ".join(told[min(len(told) - 1, int(dice.paretovariate(0.6)) - 1)] for _ in range(14))
    if row["kind"] != "goods":
        what = dice.choice(DOING)
        name = f"{place} {what}" if number % 3 else f"{dice.choice(HOW)} {what} 체험"
        return {"name": name, "summary": f"어른도 아이도 함께하는 {what}", "search_text": story}
    category = dice.choice(GOODS_CATEGORIES)
    what = dice.choice(WARES[category])
    breed = dice.choice(BREEDS) if number % 3 == 0 else ""
    parts = (place if number % 4 == 0 else "", dice.choice(HOW), f"{breed}{what}", dice.choice(PACKS))
    return {
        "name": " ".join(part for part in parts if part), "category": category,
        "summary": f"아침에 거두어 그날 보내는 {what}", "search_text": story,
    }  # fmt: skip


def one_place(dice: random.Random) -> str:
    return dice.choice(STARTS) + dice.choice(MIDDLES) + dice.choice(ENDS)


def story_words(dice: random.Random) -> list[str]:
    """Six thousand made-up words of two to four syllables."""
    syllables = [*STARTS, *MIDDLES, *ENDS]
    return list(dict.fromkeys("".join(dice.choices(syllables, k=dice.randrange(2, 5))) for _ in range(6_000)))


def queries(dice: random.Random) -> Iterator[str]:
    """What people type: one word, two or three, a village, a sentence, initials."""
    while True:
        category = dice.choice(GOODS_CATEGORIES)
        ware = dice.choice(WARES[category])
        yield from (
            ware, f"{dice.choice(HOW)} {ware}", f"{ware} {dice.choice(PACKS)}", f"{one_place(dice)} {ware}",
            f"{ware} 사고 싶어요", f"{dice.choice(BREEDS)}{ware}", category, dice.choice(DOING), "체험", f"{dice.choice(DOING)} 얼마예요",
        )  # fmt: skip


def misspelt_queries(dice: random.Random) -> Iterator[str]:
    """A word of three syllables or more with one letter replaced by one that sounds like it, or left out."""
    swaps = {
        "가": "까",
        "고": "거",
        "사": "싸",
        "마": "머",
        "자": "차",
        "두": "도",
        "보": "버",
        "배": "베",
        "감": "깜",
        "치": "티",
    }
    wares = [ware for wares in (*WARES.values(), DOING) for ware in wares if len(ware) >= 3]
    while True:
        ware = dice.choice(wares)
        at = next((at for at, sign in enumerate(ware) if sign in swaps), None)
        if at is not None:
            yield ware[:at] + swaps[ware[at]] + ware[at + 1 :]
        else:
            at = dice.randrange(len(ware))
            yield ware[:at] + chr(ord(ware[at]) + dice.choice((1, 4, 28))) + ware[at + 1 :]
