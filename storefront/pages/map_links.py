"""Links to the maps people already use. They need no key, and nobody is told anything before one is followed."""

from urllib.parse import quote


def map_links(
    address: str, name: str, *, place: str = "", at: tuple[object, object] | None = None
) -> list[tuple[str, str]]:
    """The word and the address of each. `at`: latitude and longitude; without them the address is looked for."""
    looked_for = quote(f"{address} {name}".strip())
    kakao = f"https://map.kakao.com/link/search/{looked_for}"
    if at:
        kakao = f"https://map.kakao.com/link/map/{quote(place or name)},{at[0]},{at[1]}"
    return [("네이버지도", f"https://map.naver.com/p/search/{looked_for}"), ("카카오맵", kakao)]
