"""What must hold of wishes."""

from market.rules import Rule
from market.wishes.telling import CAME, OF_WISHES

# A year is counted back from the newest wish: what is right today must not become wrong by lying still.
WISH_RULES = (
    Rule(
        "who-waited-is-forgotten",
        "telephone numbers and addresses of wishes are gone once they end, after a year, and a day after their message went",
        f"""
        SELECT 'wish ' || id FROM wishes
        WHERE (state <> 'waiting' AND (phone <> '' OR email <> ''))
           OR (state = 'waiting' AND wished_at < (SELECT max(wished_at) FROM wishes) - interval '366 days')
        UNION ALL
        SELECT 'notice ' || id FROM notices
        WHERE {OF_WISHES} AND sent_at < now() - interval '1 day' AND address <> ''
        """,
    ),
    Rule(
        "news-is-of-wishes-told",
        "that something is there is said to whom it was promised: every such message is of a wish that ended by it",
        f"""
        SELECT 'notice ' || n.id FROM notices n LEFT JOIN wishes w ON n.subject = 'wish ' || w.id
        WHERE n.kind = '{CAME}' AND (w.id IS NULL OR w.state <> 'told')
        """,
    ),
)
