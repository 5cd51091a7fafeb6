"""What must hold of the chain of acts."""

from market.rules import Rule
from villages.seals import BROKEN_LINKS, FORGED_ACTS, UNSEALED_TOO_LONG

CHAIN_RULES = (
    Rule(
        "seals-follow-each-other",
        "seals are numbered without a gap, each one upon the one before",
        BROKEN_LINKS,
    ),
    Rule("sealed-acts-are-unchanged", "every seal fits its act, and its act is there", FORGED_ACTS),
    Rule("acts-are-sealed", "every act older than five minutes is sealed", UNSEALED_TOO_LONG),
    Rule(
        "kept-heads-are-in-the-chain",
        "what was the head of the chain of acts at some night's check is still in it",
        """
        SELECT 'night ' || c.day || ', seal ' || c.head_number FROM nightly_checks c
        WHERE c.head_number > 0
          AND NOT EXISTS (SELECT FROM seals s WHERE s.number = c.head_number AND encode(s.hash, 'hex') = c.head_hash)
        """,
    ),
)
