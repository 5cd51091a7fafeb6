"""Messages to those who wait for seats, written when they are sent: as the party and its offer stand then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from market.waiting_parties import WaitingParty, WaitingState, party_token, party_token_hash
from market.waiting_window import WaitedSession, waited_session
from storefront.letter_facts import a_name
from storefront.letters import Letter
from storefront.text_messages import signed_text
from storefront.words import moment_ko
from villages.city import City
from villages.contacts import phone_text, tidy
from villages.notices import Message


@dataclass(frozen=True)
class WaitingNews:
    kind: str
    market: str
    phone: str
    name: str
    session: WaitedSession
    seats: int
    ends_at: datetime | None
    """Until when the offer stands; None where none stands any more."""
    url: str
    """The party's own page, for its own address only; otherwise the program's."""

    @property
    def what(self) -> str:
        return f"{self.session.name} {moment_ko(self.session.starts_at)}"


async def waiting_message(message: Message, city: City, *, secret: str, public_url: str) -> Letter | str:
    """A letter by mail, a line of text otherwise. A party that is not there any more raises: the notice stays, seen."""
    party = await WaitingParty.get(id=int(str(message.facts["party"])))
    session = await waited_session(party.session_id)
    token = party_token(party.key, secret)
    is_theirs = message.address in (party.email, party.phone) and party_token_hash(token) == party.token_hash
    news = WaitingNews(
        kind=message.kind,
        market=tidy(city.market_name) or "마을장터",
        phone=phone_text(city.phone),
        name=a_name(party.name),
        session=session,
        seats=party.seats,
        ends_at=party.offer_ends_at if party.state == WaitingState.offered else None,
        url=f"{public_url}/waiting-parties/{party.id}?t={token}" if is_theirs else f"{public_url}/programs/{session.slug}",
    )  # fmt: skip
    title, said, link = SAYS[message.kind](news)
    if message.channel != "mail":
        asked = f"문의 {news.phone}" if news.phone else ""
        return signed_text(news.market, [f"{news.what}: {said[0]}", *said[1:], f"{link} {news.url}", asked])
    return Letter(
        sender=news.market,
        subject=f"[{news.market}] {title}",
        said=(f"{news.name}님, {said[0]}" if news.name else said[0], *said[1:]),
        facts=(("체험", session.name), ("언제", moment_ko(session.starts_at)), ("마을", session.village)),
        links=((link, news.url),),
        closing=(" · ".join(filter(None, (news.market, news.phone, city.phone_hours))),),
    )


def _joined(news: WaitingNews) -> tuple[str, list[str], str]:
    said = ["자리를 기다리고 계십니다.", f"{news.seats}자리가 나면 바로 알려 드립니다."]
    return "자리를 기다리고 계십니다", said, "내 순서 보기"


def _offer(news: WaitingNews) -> tuple[str, list[str], str]:
    if news.ends_at is None:  # told late: the offer ended, or was taken up, in the meantime
        return "기다리신 자리의 소식", ["기다리신 자리의 소식이 있습니다."], "소식 보기"
    said = [
        f"기다리신 {news.seats}자리가 났습니다.",
        f"{moment_ko(news.ends_at)}까지 맡아 둡니다. 그때까지 예약하지 않으시면 다음 분께 드립니다.",
    ]
    return "기다리신 자리가 났습니다", said, "예약하기"


def _offer_over(news: WaitingNews) -> tuple[str, list[str], str]:
    said = ["자리를 맡아 둔 시간이 끝나 다음 분께 드렸습니다.", "다시 기다리실 수 있습니다."]
    return "자리를 맡아 둔 시간이 끝났습니다", said, "다시 기다리기"


def _over(news: WaitingNews) -> tuple[str, list[str], str]:
    said = ["기다리신 자리가 나지 않았습니다. 기다려 주셔서 고맙습니다.", "다른 날짜도 보실 수 있습니다."]
    return "기다리신 자리가 나지 않았습니다", said, "다른 날짜 보기"


def _called_off(news: WaitingNews) -> tuple[str, list[str], str]:
    said = [
        "체험이 취소되어 기다림을 마쳤어요.",
        "내신 돈은 없고, 하실 일도 없습니다. 다른 날짜를 보실 수 있습니다.",
    ]
    return "기다리시던 체험이 취소되었습니다", said, "다른 날짜 보기"


SAYS: dict[str, Callable[[WaitingNews], tuple[str, list[str], str]]] = {
    "waiting_joined": _joined, "seat_offer": _offer, "seat_offer_over": _offer_over, "waiting_over": _over,
    "waiting_called_off": _called_off,
}  # fmt: skip
WAITING_KINDS = frozenset(SAYS)
