"""The demo's pictures: which drawing belongs to which row of the catalogue, and how drawings become photographs."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import resvg_py

from media.resize import PreparedPicture, prepare
from storefront.demo import (
    art_beans,
    art_bottles,
    art_grain,
    art_greens,
    art_kitchen,
    art_orchard,
    art_outdoors,
    art_places,
    art_roots,
    art_sweets,
    art_workshops,
)
from storefront.demo.art_people import person_pictures
from storefront.demo.art_places import hero_picture, village_pictures
from storefront.demo.art_shapes import Illustration

__all__ = [
    "Illustration",
    "develop_all",
    "hero_picture",
    "person_pictures",
    "picture_for",
    "render",
    "village_pictures",
]


def picture_for(code: str) -> list[Illustration]:
    """The pictures of a catalogue row (`P001` to `P090`); none for a code unknown here."""
    if code in GOODS:
        draw, alt = GOODS[code]
        return [Illustration(draw(), alt, "goods")]
    if code in PROGRAMS:
        draw, alt = PROGRAMS[code]
        return [Illustration(draw(), alt, "program")]
    return []


def render(illustration: Illustration) -> bytes:
    """PNG bytes, the same for the same drawing."""
    width, _ = illustration.size
    return bytes(resvg_py.svg_to_bytes(svg_string=illustration.svg, width=width, skip_system_fonts=True))


def develop_all(illustrations: Iterable[Illustration]) -> list[PreparedPicture]:
    """Render and resize many drawings, in their order, on all processors. Takes seconds."""
    # Spawned, not forked: the caller may have threads and an open database pool.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(_develop, illustrations, chunksize=4))


def _develop(illustration: Illustration) -> PreparedPicture:
    return prepare(render(illustration))


Drawing = Callable[[], str]

GOODS: dict[str, tuple[Drawing, str]] = {
    "P001": (art_orchard.maples_in_glass, "유리잔에 우린 붉은 단풍차와 단풍잎"),
    "P002": (art_orchard.honey_apples, "빨간 꿀사과 한 알과 속이 노란 사과 반쪽"),
    "P003": (art_orchard.ugly_apples, "나무 상자에 가득 담긴 크기가 제각각인 못난이 사과"),
    "P004": (art_bottles.apple_juice, "빨간 사과즙 파우치 두 포와 사과 반쪽"),
    "P005": (art_orchard.gift_pears, "금빛 끈을 묶은 상자에 담긴 신고배 여섯 알"),
    "P006": (art_bottles.pear_juice, "도라지배즙 파우치 두 포와 배, 보라색 도라지꽃"),
    "P007": (art_orchard.frozen_brambles, "서리 낀 듯 차갑게 얼린 복분자 한 그릇과 얼음"),
    "P008": (art_bottles.bramble_bottles, "검붉은 복분자 원액 두 병과 복분자 열매"),
    "P009": (art_bottles.bramble_jam, "천을 씌운 복분자잼 병과 잼을 바른 식빵"),
    "P010": (art_bottles.mulberry_juice, "보라색 오디즙 파우치 두 포와 오디 열매"),
    "P011": (art_orchard.blueberries, "그릇에 수북한 블루베리"),
    "P012": (art_orchard.gift_dried_persimmons, "보랏빛 선물 상자에 줄지어 담긴 하얀 분이 난 곶감"),
    "P013": (art_orchard.hanging_persimmons, "줄에 매달려 말라 가는 주황빛 반건시"),
    "P014": (art_orchard.sweet_persimmons, "접시에 놓인 납작한 단감과 자른 단감 단면"),
    "P015": (art_orchard.soft_persimmons, "끝이 뾰족한 주황빛 대봉감 두 개"),
    "P016": (art_orchard.green_plums, "바구니에 가득 담긴 청매실"),
    "P017": (art_bottles.plum_syrup, "유리병에 매실이 잠긴 호박색 매실청"),
    "P018": (art_orchard.strawberries, "하얀 상자에 담긴 빨간 설향 딸기"),
    "P019": (art_orchard.tomatoes, "흰 그릇에 담긴 길쭉한 대추방울토마토"),
    "P020": (art_orchard.watermelons, "줄무늬 수박 한 통과 씨 없는 수박 한 조각"),
    "P021": (art_orchard.red_melons, "그물 무늬 멜론과 속이 주황빛인 멜론 한 조각"),
    "P022": (art_orchard.muscat, "연둣빛 샤인머스캣 한 송이"),
    "P023": (art_orchard.plums, "접시에 놓인 검붉은 자두와 속이 노란 자두 반쪽"),
    "P024": (art_orchard.peaches, "노랗고 발그레한 황도와 씨가 보이는 복숭아 반쪽"),
    "P025": (art_grain.rice_bag, "벼 이삭 그림이 있는 쌀자루와 흰쌀 한 그릇"),
    "P026": (art_grain.rice_sacks, "커다란 쌀자루 두 개와 쌀 더미 옆의 우렁이"),
    "P027": (art_grain.brown_rice, "갈색 종이 봉지에 든 현미와 현미 한 그릇"),
    "P028": (art_grain.glutinous_rice, "하얀 찹쌀이 수북한 그릇과 나무 숟가락"),
    "P029": (art_grain.black_rice, "흑미 한 그릇과 보랏빛 흑미밥 한 공기"),
    "P030": (art_grain.barley, "초록 그릇에 담긴 보리쌀과 보리 이삭"),
    "P031": (art_grain.oats, "흰 그릇에 담긴 쌀귀리와 늘어진 귀리 이삭"),
    "P032": (art_beans.black_beans, "서리태 한 그릇과 속이 파란 콩 단면"),
    "P033": (art_beans.soy_beans, "나무 되에 담긴 노란 메주콩과 콩꼬투리"),
    "P034": (art_beans.red_beans, "바가지에 가득 담긴 붉은 팥"),
    "P035": (art_beans.white_sesame, "그릇에 담긴 참깨와 꽃 핀 참깨 줄기"),
    "P036": (art_beans.black_sesame, "흰 그릇에 수북한 흑임자와 나무 숟가락"),
    "P037": (art_beans.perilla_seeds, "그릇에 담긴 갈색 들깨와 들깻잎"),
    "P038": (art_grain.corn, "보라색 알이 섞인 찰옥수수 두 자루"),
    "P039": (art_grain.roasted_powder, "미숫가루 한 그릇과 얼음을 띄운 미숫가루 한 잔"),
    "P040": (art_roots.chestnut_sweet_potatoes, "상자에 담긴 밤고구마와 속이 노르스름한 단면"),
    "P041": (art_roots.pumpkin_sweet_potatoes, "김이 나는 주황빛 속의 군 호박고구마"),
    "P042": (art_roots.potatoes, "바구니에 담긴 수미감자"),
    "P043": (art_greens.salted_cabbage, "함지에 담긴 반으로 가른 절임배추"),
    "P044": (art_roots.radishes, "무청이 달린 무 세 개를 묶은 다발무"),
    "P045": (art_roots.peeled_garlic, "그릇에 수북한 하얀 깐마늘"),
    "P046": (art_roots.garlic_braid, "엮어서 매단 육쪽마늘 한 접"),
    "P047": (art_roots.onions, "빨간 그물망에 담긴 양파"),
    "P048": (art_greens.green_onions, "끈으로 묶은 쪽파 한 단"),
    "P049": (art_greens.chives, "끈으로 묶은 부추 한 단"),
    "P050": (art_greens.dried_peppers, "채반에 펼쳐 말린 붉은 건고추"),
    "P051": (art_greens.pepper_powder, "그릇에 수북한 빨간 고춧가루와 고추"),
    "P052": (art_greens.hot_peppers, "바구니에 담긴 초록 청양고추"),
    "P053": (art_greens.dried_bitter_melon, "채반에 널어 말린 여주 조각과 생여주"),
    "P054": (art_greens.bitter_pills, "여주환이 든 병과 작은 접시에 담긴 환"),
    "P055": (art_roots.bellflower_roots, "접시에 놓인 하얀 깐도라지와 도라지꽃"),
    "P056": (art_roots.deodeok_roots, "주름진 더덕 세 뿌리와 더덕 덩굴"),
    "P057": (art_greens.bracken, "끈으로 묶은 갈색 건고사리"),
    "P058": (art_greens.radish_greens, "처마 밑에 엮어 매단 시래기"),
    "P059": (art_greens.dried_aster, "바구니에 담긴 말린 취나물과 취 잎"),
    "P060": (art_greens.king_oysters, "굵은 줄기의 새송이버섯 세 개"),
    "P061": (art_greens.gift_shiitake, "초록 선물 상자에 담긴 갓이 갈라진 표고버섯"),
    "P062": (art_roots.gingers, "울퉁불퉁한 토종생강과 노란 단면"),
    "P063": (art_sweets.gift_sweets, "붉은 상자에 칸칸이 담긴 여러 빛깔 한과"),
    "P064": (art_sweets.puffed_sweets, "접시에 쌓은 흰색과 분홍색 찹쌀유과"),
    "P065": (art_bottles.syrup_jar, "쌀조청 병과 나무 숟가락에서 흐르는 조청"),
    "P066": (art_sweets.herbal_tea, "노른자와 잣을 띄운 진한 쌍화차 한 잔과 대추"),
    "P067": (art_sweets.daisy_tea, "하얀 구절초 꽃을 띄운 차 한 잔"),
    "P068": (art_sweets.mulberry_leaf_tea, "푸른 찻주전자와 뽕잎, 연둣빛 차 한 잔"),
    "P069": (art_sweets.persimmon_leaf_tea, "붉은 찻주전자와 물든 감잎, 차 한 잔"),
    "P070": (art_bottles.sesame_oil, "갈색 참기름 두 병과 참깨"),
    "P071": (art_bottles.perilla_oil, "황금빛 들기름 두 병과 들깻잎"),
    "P072": (art_kitchen.pepper_paste, "항아리에 담긴 붉은 찹쌀고추장과 고추"),
    "P073": (art_kitchen.bean_paste, "항아리에 담긴 재래된장과 매달린 메주"),
    "P074": (art_kitchen.fermented_beans, "뚝배기에 담긴 실이 나는 청국장 콩"),
    "P075": (art_bottles.soy_sauce, "국간장 한 병과 뚜껑 덮인 항아리"),
    "P076": (art_kitchen.kimchi, "접시에 담긴 빨간 포기김치"),
    "P077": (art_bottles.honey, "황금빛 아카시아 벌꿀 병과 꿀 뜨개"),
    "P078": (art_kitchen.eggs, "달걀판에 담긴 갈색 유정란"),
    "P079": (art_sweets.rice_cake_sticks, "접시에 쌓은 길쭉한 현미 가래떡"),
    "P080": (art_sweets.songpyeon, "솔잎 위에 쌓은 초록빛 모시송편"),
}

PROGRAMS: dict[str, tuple[Drawing, str]] = {
    "P081": (art_outdoors.strawberry_picking, "딸기가 주렁주렁 달린 비닐하우스와 딸기 담은 바구니"),
    "P082": (art_outdoors.sweet_potato_digging, "밭에서 갓 캔 고구마와 호미, 고구마 바구니"),
    "P083": (art_outdoors.natural_dyeing, "빨랫줄에 걸어 말리는 다섯 빛깔 천연염색 천"),
    "P084": (art_workshops.tteok_pounding, "단풍 든 산 앞의 절구와 떡메, 인절미 한 접시"),
    "P085": (art_workshops.tofu_making, "김이 나는 콩물 가마솥과 갓 만든 두부"),
    "P086": (art_workshops.maple_tea_making, "솥에 덖는 단풍잎과 단풍차 주전자"),
    "P087": (art_workshops.soap_making, "구절초 꽃을 얹은 비누와 비누 틀"),
    "P088": (art_workshops.kimjang, "고무장갑을 끼고 배추에 양념을 버무리는 김장"),
    "P089": (art_outdoors.horse_riding, "단풍 숲길에서 안전모를 쓰고 말을 타는 사람"),
    "P090": (art_places.guest_house, "불을 밝힌 저녁 한옥 민박과 감나무"),
}
