"""Acts in Korean: what was done, and its few facts as a person says them."""

from collections.abc import Callable, Mapping

from market.couriers import courier_called
from market.refunds import CAUSE_NAMES
from market.returns.tables import REASON_NAMES
from market.task_list import TASK_NAMES
from storefront.words import channel_ko, num, tender_ko, won
from villages.acts import Fact
from villages.programs import PARTICIPANT_NAMES

Facts = Mapping[str, Fact]

WHO = {"clock": "자동", "stripe": "결제사", "shopper": "구매자", "console": "명령줄"}
ROLES = {
    "helper": "도우미", "operator": "운영자", "chair": "위원장", "viewer": "열람", "officer": "담당 공무원",
    "approver": "결재권자", "admin": "관리자",
}  # fmt: skip
COLUMNS = {
    "name": "이름", "category": "분류", "tax": "과세", "origin": "원산지", "summary": "한 줄 소개", "story": "이야기",
    "withdrawal_limit": "청약철회 제한", "is_fresh": "신선 식품", "ships_cold": "보냉 배송", "no_islands": "섬 배송",
    "notice_rows": "상품정보제공고시", "minutes": "걸리는 시간", "least_age": "나이", "is_indoor": "실내",
    "meeting_place": "모이는 곳", "what_to_bring": "준비물", "weather_rule": "날씨 규칙", "group_from": "단체 인원",
    "closes_hours_before": "예약 마감", "min_people": "최소 인원",
    "decide_days_before": "열지 정하는 날", "decide_hour": "열지 정하는 시각", "refund_ladder": "환불 기준",
}  # fmt: skip


def _nothing(_: Facts) -> str:
    return ""


def _from_to(facts: Facts, say: Callable[[int], str]) -> str:
    before, after = (
        say(each) if isinstance(each, int) else "없음" for each in (facts.get("before"), facts.get("after"))
    )
    kind = {each.value: name for each, name in PARTICIPANT_NAMES.items()}.get(
        str(facts.get("participant")), ""
    )
    return f"{kind} {before} → {after}".strip()


def _sale(facts: Facts) -> str:
    words = [won(_number(facts, "total")), channel_ko(str(facts["channel"])), tender_ko(str(facts["tender"]))]
    missing = _number(facts, "missing")
    return ", ".join([*words, f"{missing}개 모자람"] if missing else words)


def _targets(facts: Facts) -> str:
    months = (
        f"{month[:4]}년 {int(month[5:])}월 {won(amount) if isinstance(amount, int) else '없음'}"
        for month, amount in sorted(facts.items())
    )
    return ", ".join(months)


def _courier(facts: Facts) -> str:
    known = courier_called(str(facts.get("courier", "")))
    return known.name if known else ""


def _day_of_sending(facts: Facts) -> str:
    parcels = facts.get("parcels")
    return f"{facts.get('day')} {'평소대로' if parcels is None else f'{parcels}개'}"


def _cause(facts: Facts) -> str:
    causes = {cause.value: name for cause, name in CAUSE_NAMES.items()}
    return causes.get(str(facts.get("cause")), "")


def _columns(facts: Facts) -> str:
    return ", ".join(COLUMNS.get(each, each) for each in str(facts["columns"]).split(", "))


def _number(facts: Facts, name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0


def _people(facts: Facts) -> str:
    people = facts.get("people")
    return f"{people}명" if people else "없음" if people == 0 else "체험의 것대로"


def _synonym(facts: Facts) -> str:
    return f"{facts.get('word')} → {facts.get('means')}"


REASONS = {reason.value: name for reason, name in REASON_NAMES.items()}
EFFECTS = {"revived": "끝난 주문이 살아남", "refund_due": "돌려줄 돈"}

ACTS: dict[str, tuple[str, Callable[[Facts], str]]] = {
    "listing drafted": ("새로 씀", _nothing),
    "listing edited": ("내용을 고침", _columns),
    "listing published": ("판매 시작", _nothing),
    "listing withdrawn": ("판매 내림", _nothing),
    "price changed": ("값을 바꿈", lambda facts: _from_to(facts, won)),
    "variant added": ("종류를 더함", lambda facts: f"{won(_number(facts, 'price'))}, {_number(facts, 'stock')}개"),
    "variant withdrawn": ("종류를 내림", _nothing),
    "variant offered again": ("종류를 다시 올림", _nothing),
    "photos added": ("사진을 올림", lambda facts: f"{_number(facts, 'count')}장"),
    "photo removed": ("사진을 내림", _nothing),
    "stock corrected": ("재고를 고침", lambda facts: _from_to(facts, lambda count: f"{num(count)}개")),
    "sessions added": ("회차를 더함", lambda facts: f"{_number(facts, 'count')}회, {_number(facts, 'seats')}명씩"),
    "session closed": ("회차 마감", _nothing),
    "session opened": ("회차 다시 열기", _nothing),
    "session resized": ("정원을 바꿈", lambda facts: f"{_number(facts, 'seats')}명"),
    "pool added": ("함께 쓰는 자리를 더함", lambda facts: f"{_number(facts, 'seats')}자리"),
    "pool changed": ("함께 쓰는 자리를 고침", lambda facts: f"{_number(facts, 'seats')}자리"),
    "preparing begun": ("주문 확인", _nothing),
    "parcel sent": ("택배 보냄", _courier),
    "usual parcels set": ("하루에 보낼 개수를 정함", lambda facts: _from_to(facts, lambda count: f"{num(count)}개")),
    "day of sending moved": (
        "보내는 날을 늦춤", lambda facts: f"{facts.get('day')}에서 {_number(facts, 'days')}일, {_number(facts, 'parcels')}건",
    ),
    "day of sending set": ("하루만 보낼 개수를 정함", _day_of_sending),
    "parcel corrected": ("송장을 고침", _courier),
    "parcel delivered": ("배송 완료", _nothing),
    "deposit matched": ("입금을 주문에 맞춤", lambda facts: f"{facts.get('orders', '')} · {won(_number(facts, 'won'))}"),
    "deposit given back": (
        "두 번 보낸 입금을 돌려주기로 함", lambda facts: f"{facts.get('orders', '')} · {won(_number(facts, 'won'))}",
    ),
    "deposit set aside": ("입금을 따로 둠", lambda facts: won(_number(facts, "won"))),
    "suspense settled": ("보관한 돈을 정리", lambda facts: won(_number(facts, "won"))),
    "deposit confirmed": (
        "입금 확인",
        lambda facts: ", ".join(filter(None, [won(_number(facts, "amount")), EFFECTS.get(str(facts.get("effect")), "")])),
    ),
    "sale recorded": ("현장 판매", _sale),
    "order cancelled": ("주문 취소", _nothing),
    "order refunded": ("주문을 취소하고 환불", lambda facts: f"{won(_number(facts, 'won'))}, {_cause(facts)}"),
    "return asked": ("반품·교환을 받아 적음", lambda facts: f"{won(_number(facts, 'won'))}, {REASONS.get(str(facts.get('reason')), '')}"),
    "return received": ("돌아온 물건을 받음", lambda facts: won(_number(facts, "won")) if _number(facts, "won") else ""),
    "return refused": ("반품을 받지 않음", _nothing),
    "refusal overruled": ("반품 거절을 물림", _nothing),
    "exchange sent": ("교환할 물건을 보냄", _nothing),
    "exchange not returned": ("교환한 물건이 돌아오지 않음", _nothing),
    "exchange became a return": ("교환을 반품으로 바꿈", _nothing),
    "refund paid": ("돌려줄 돈을 보냄", lambda facts: won(_number(facts, "won"))),
    "session cancelled": ("회차 취소", _cause),
    "statement closed": ("정산 마감", lambda facts: f"{facts.get('month')}, 지급할 돈 {won(_number(facts, 'won'))}"),
    "session goes": ("그대로 열기로 정함", lambda facts: f"{_number(facts, 'heads')}명, 최소 {_number(facts, 'minimum')}명"),
    "session minimum set": ("최소 인원을 바꿈", _people),
    "booking moved": ("예약 날짜를 바꿈", lambda facts: f"{facts.get('before')} → {facts.get('after')}"),
    "task closed": ("할 일을 처리함", lambda facts: TASK_NAMES.get(str(facts.get("kind")), "")),
    "synonym added": ("같은 말을 더함", _synonym),
    "synonym withdrawn": ("같은 말을 뺌", _synonym),
    "targets set": ("목표를 세움", _targets),
    "signed in": ("로그인", _nothing),
    "role given": ("역할을 줌", lambda facts: ROLES.get(str(facts.get("role")), "")),
}  # fmt: skip


def act_name(what: str) -> str:
    return ACTS[what][0] if what in ACTS else what


def facts_text(what: str, facts: Facts) -> str:
    """The facts in words; of an act that has none here, as they were written."""
    if what in ACTS:
        return ACTS[what][1](facts)
    return ", ".join(f"{name} {value}" for name, value in sorted(facts.items()))


def who_text(by: str, name: str) -> str:
    """A person's name of today; one who is gone from the list of people keeps the number."""
    if by.startswith("person "):
        return name or f"지워진 사람 ({by.removeprefix('person ')}번)"
    return WHO.get(by, by)
