"""Messages to those who want to be told: that we keep their wish, and, once, that it is there.

The second one is an advertisement though somebody asked for it: it begins with (광고), says who sends it and how to
reach us, and ends with the way to refuse, free of charge (정보통신망법 §50④).
"""

from dataclasses import dataclass

from market.wishes.tables import Wish, wish_token
from market.wishes.telling import CAME, KEPT
from market.wishes.window import is_still_to_go
from storefront.letters import Letter
from storefront.text_messages import signed_text
from villages.city import City
from villages.contacts import phone_text, tidy
from villages.listings import Kind
from villages.notices import Message

WISH_KINDS = frozenset((KEPT, CAME))
AD = "(광고)"


@dataclass(frozen=True)
class WishNews:
    market: str
    phone: str
    what: str
    village: str
    is_program: bool
    url: str
    stop_url: str

    @property
    def came(self) -> str:
        return "기다리신 체험을 예약하실 수 있습니다" if self.is_program else "기다리신 것이 나왔습니다"


async def wish_message(message: Message, city: City, *, secret: str, public_url: str) -> Letter | str | None:
    """A letter by mail, a line of text otherwise; nothing where it was stopped after a sender had taken it up."""
    wish_id = int(str(message.facts["wish"]))
    if not await is_still_to_go(wish_id, message.kind, message.channel):
        return None
    wish = await Wish.get(id=wish_id).select_related("listing__village")
    listing = wish.listing
    is_program = listing.kind == Kind.program
    news = WishNews(
        market=tidy(city.market_name) or "마을장터",
        phone=phone_text(city.phone),
        what=listing.name,
        village=listing.village.name,
        is_program=is_program,
        url=f"{public_url}/{'programs' if is_program else 'goods'}/{listing.slug}",
        stop_url=f"{public_url}/wishes/{wish.id}?t={wish_token(wish.id, secret)}",
    )
    if message.channel == "mail":
        return _came_mail(news, city) if message.kind == CAME else _kept_mail(news, city)
    return _came_text(news) if message.kind == CAME else _kept_text(news)


def _kept_text(news: WishNews) -> str:
    lines = [f"{news.what}, 나오면 알려 드립니다.", f"그만두시거나 신청하신 적이 없으면 {news.stop_url}"]
    return signed_text(news.market, lines)


def _came_text(news: WishNews) -> str:
    lines = [
        f"{news.came}: {news.what}, {news.village}",
        news.url,
        f"문의 {news.phone}" if news.phone else "",
    ]
    return AD + signed_text(news.market, [*lines, f"무료 수신거부 {news.stop_url}"])


def _kept_mail(news: WishNews, city: City) -> Letter:
    return Letter(
        sender=news.market,
        subject=f"[{news.market}] 나오면 알려 드립니다",
        said=(
            "알림 신청을 받았습니다. 나오면 한 번 알려 드리고, 적어 주신 연락처는 지웁니다.",
            "신청하신 적이 없으면 아래에서 바로 지우실 수 있습니다.",
        ),
        facts=(("기다리시는 것", news.what), ("마을", news.village)),
        links=(("그만 받기", news.stop_url),),
        closing=(_sender(news, city),),
    )


def _came_mail(news: WishNews, city: City) -> Letter:
    return Letter(
        sender=news.market,
        subject=f"{AD} [{news.market}] {news.came}",
        said=(f"{news.came}.", "나온 만큼만 있어서, 보시기 전에 다 나갈 수도 있습니다."),
        facts=(("체험" if news.is_program else "상품", news.what), ("마을", news.village)),
        links=(("보러 가기", news.url), ("무료 수신거부 (Unsubscribe)", news.stop_url)),
        closing=(
            _sender(news, city),
            "알려 달라고 신청하셔서 한 번 보내 드렸습니다. 이제 연락처를 지우며, 더 보내 드리지 않습니다.",
        ),
    )


def _sender(news: WishNews, city: City) -> str:
    """Whoever advertises says who it is and where (정보통신망법 §50④)."""
    return " · ".join(filter(None, (news.market, city.address, news.phone, city.email)))
