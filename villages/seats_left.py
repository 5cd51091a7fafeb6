"""How many seats are left, in SQL, for whoever reads a session as `s`: nobody says it in words of their own."""

SEATS_LEFT = """
CASE WHEN s.shares_seats THEN LEAST(s.capacity - s.held - s.booked, (
    SELECT min(u.capacity - u.held - u.booked) FROM outing_sessions us JOIN outings u ON u.id = us.outing_id
    WHERE us.session_id = s.id
)) ELSE s.capacity - s.held - s.booked END
""".strip()
"""What is left in the session and in everything it shares. A session that shares nothing costs no look elsewhere."""

SEATS_IN_ALL = """
CASE WHEN s.shares_seats THEN LEAST(s.capacity, (
    SELECT min(u.capacity) FROM outing_sessions us JOIN outings u ON u.id = us.outing_id WHERE us.session_id = s.id
)) ELSE s.capacity END
""".strip()
"""The largest party there could ever be room for."""

SCARCE_POOL = """
CASE WHEN s.shares_seats THEN (
    SELECT po.name FROM outing_sessions us JOIN outings u ON u.id = us.outing_id JOIN pools po ON po.id = u.pool_id
    WHERE us.session_id = s.id AND u.capacity - u.held - u.booked < s.capacity - s.held - s.booked
    ORDER BY u.capacity - u.held - u.booked, u.id LIMIT 1
) END
""".strip()
"""The name of what has fewer seats left than the session itself; NULL where the session is the narrowest."""


SEATS_LEFT_TO = """
CASE WHEN s.shares_seats THEN LEAST(s.capacity - s.held - s.booked, (
    SELECT min(u.capacity - u.held - u.booked + CASE WHEN EXISTS (
        SELECT FROM outing_sessions us_now WHERE us_now.outing_id = u.id AND us_now.session_id = {party}.session_id
    ) THEN {party}.seats ELSE 0 END)
    FROM outing_sessions us JOIN outings u ON u.id = us.outing_id WHERE us.session_id = s.id
)) ELSE s.capacity - s.held - s.booked END
""".strip()
"""To a party that moves (its booking, or NULL): on a bus that it is on already it takes its seats along."""


def scarce_sentence(pool: str, left: int, *, is_move: bool = False) -> str:
    """To be said after what was wanted. A party that moves cannot be made smaller."""
    if is_move and left > 0:
        return f"함께 쓰는 ‘{pool}’ 자리가 {left}자리만 남았습니다. 다른 날짜를 골라 주세요."
    if is_move:
        return f"함께 쓰는 ‘{pool}’ 자리가 다 찼습니다. 다른 날짜를 골라 주세요."
    if left:
        return f"함께 쓰는 ‘{pool}’ 자리가 {left}자리 남았습니다. 인원을 줄이거나 다른 시각을 골라 주세요."
    return f"함께 쓰는 ‘{pool}’ 자리가 다 찼습니다. 다른 시각을 골라 주세요."
