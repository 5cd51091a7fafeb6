"""The names of the provinces (시도), old and short ones led to the one of today."""

# Gangwon was renamed in June 2023, Jeonbuk in January 2024: much public data still has the old names.
_ALIASES: dict[str, tuple[str, ...]] = {
    "서울특별시": ("서울", "서울시"),
    "부산광역시": ("부산", "부산시"),
    "대구광역시": ("대구", "대구시"),
    "인천광역시": ("인천", "인천시"),
    "광주광역시": ("광주", "광주시"),
    "대전광역시": ("대전", "대전시"),
    "울산광역시": ("울산", "울산시"),
    "세종특별자치시": ("세종", "세종시"),
    "경기도": ("경기",),
    "강원특별자치도": ("강원", "강원도"),
    "충청북도": ("충북",),
    "충청남도": ("충남",),
    "전북특별자치도": ("전북", "전라북도"),
    "전라남도": ("전남",),
    "경상북도": ("경북",),
    "경상남도": ("경남",),
    "제주특별자치도": ("제주", "제주도"),
}
PROVINCES: tuple[str, ...] = tuple(_ALIASES)
_OF_TODAY = {alias: today for today, aliases in _ALIASES.items() for alias in (today, *aliases)}


def province_of_today(name: str) -> str | None:
    """ "전라북도", "전북" → "전북특별자치도"; None for what is no province (also for typing errors: 겅상남도)."""
    return _OF_TODAY.get(name.strip())


def with_province_of_today(address: str) -> str:
    """The address with its first word brought up to date. 광주시 before a 동 or 읍 is Gwangju in Gyeonggi: left."""
    first, space, rest = address.strip().partition(" ")
    if first == "광주시" and not rest.split(" ")[0].endswith("구"):
        return address.strip()
    return f"{province_of_today(first) or first}{space}{rest}"
