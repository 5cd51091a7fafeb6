"""What the front page says is in season, by the month of the demo's day."""

from datetime import date

from villages.city import City
from villages.listings import Listing, ListingPicture

# Month → the goods it is about, a title, a sentence.
SEASONS: dict[int, tuple[str, str, str]] = {
    1: (
        "P012",
        "설 선물로 곶감과 한과를 준비했습니다",
        "옥정호 마을에서 바람에 말린 곶감을 보자기에 싸서 보냅니다.",
    ),
    2: ("P018", "새벽에 딴 딸기가 그날 떠납니다", "대정 유기농 마을 하우스에서 설향 딸기가 한창입니다."),
    3: ("P048", "봄 쪽파와 부추가 나왔습니다", "대정 유기농 마을에서 뽑은 날 묶어 보냅니다."),
    4: ("P018", "딸기 따러 오세요, 보내도 드립니다", "5월까지 주말마다 딸기 따기 체험이 열립니다."),
    5: ("P077", "아카시아 꽃이 피면 꿀이 옵니다", "옥정호 마을 벌통에서 막 뜬 벌꿀입니다."),
    6: ("P016", "청매실, 이달에만 땁니다", "주문받은 만큼만 따서 이튿날 받으십니다."),
    7: ("P038", "찰옥수수, 딴 날 바로 보냅니다", "옥정호 마을 비탈밭에서 아침에 땁니다."),
    8: ("P024", "황도 복숭아가 가장 달 때입니다", "내장산 마을에서 익은 것만 골라 땁니다."),
    9: ("P005", "추석 선물, 나흘 전까지 보내 드립니다", "신고배와 한과, 쌀을 마을에서 직접 싸서 보냅니다."),
    10: ("P040", "밤고구마와 햅쌀이 나왔습니다", "주말에는 고구마 캐기 체험도 열립니다."),
    11: (
        "P015",
        "첫서리 맞은 대봉감, 지금이 가장 답니다",
        "옥정호 마을 농가가 주문받은 만큼만 따서 보냅니다.",
    ),
    12: ("P013", "반건시가 알맞게 말랐습니다", "겉은 쫀득하고 속은 말랑합니다."),
}
MONTHS_OF_PERSIMMONS = (10, 11, 12)
WEEKS = ("첫째", "둘째", "셋째", "넷째", "다섯째")


async def hang_banner(city: City, *, today: date) -> None:
    """The persimmon tree stands for late autumn; in other months the goods themselves are shown."""
    code, title, text = SEASONS[today.month]
    listing = await Listing.get(code=code)
    values: dict[str, object] = {
        "season_line": f"{today.month}월 {WEEKS[(today.day - 1) // 7]} 주 제철", "season_title": title, "season_text": text,
        "season_link": f"/goods/{listing.slug}", "season_button": f"{listing.name.split(' ')[0]} 보러 가기",
    }  # fmt: skip
    if today.month not in MONTHS_OF_PERSIMMONS:
        first = await ListingPicture.filter(listing_id=listing.id).order_by("position").first()
        values["season_picture_id"] = first.picture_id if first else None
    await City.filter(id=city.id).update(**values)
