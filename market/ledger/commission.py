"""What the city keeps of a sale: ordered rules as data, of which the first that fits decides; none fits: nothing."""

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

if TYPE_CHECKING:
    from villages.village import Village


class CommissionRule(Model):
    """Which sales it is for (empty: all), from when until when (Seoul days of the sale), and how much.

    A share in basis points (1 of 10,000), or won fixed for each line or for the whole; within `least` and `most`.
    A sale is what one village sold in one order, goods and programs apart, postage left out.
    """

    id = fields.BigIntField(primary_key=True)
    position = fields.IntField()
    village: fields.ForeignKeyNullableRelation["Village"] = fields.ForeignKeyField(
        "villages.Village", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    kind = fields.CharField(max_length=10, default="")
    channel = fields.CharField(max_length=10, default="")
    basis_points = fields.IntField(default=0)
    fixed = fields.IntField(default=0)
    per_line = fields.BooleanField(default=False)
    least = fields.IntField(default=0)
    most = fields.IntField(null=True)
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)

    village_id: int | None

    class Meta:
        table = "commission_rules"
        constraints = (
            UniqueConstraint(fields=("position",), name="commission_rules_position"),
            CheckConstraint(
                check="basis_points BETWEEN 0 AND 10000 AND fixed >= 0 AND (basis_points = 0 OR fixed = 0)",
                name="commission_rules_share_or_fixed",
            ),
            CheckConstraint(
                check="least >= 0 AND (most IS NULL OR most >= least)", name="commission_rules_bounds"
            ),
            CheckConstraint(
                check="ends_on IS NULL OR ends_on >= starts_on", name="commission_rules_end_after_start"
            ),
        )


def commission(rule: CommissionRule, won: int, *, lines: int) -> int:
    """Of a sale of `won` in so many lines; floored, never below zero and never above the sale.

    The same as `COMMISSION`, which reckons in the booking statement: a test holds them together.
    """
    share = won * rule.basis_points // 10_000 + rule.fixed * (lines if rule.per_line else 1)
    bounded = max(share, rule.least)
    return min(bounded, won if rule.most is None else min(rule.most, won))


def commission_back(kept: int, *, sold: int, refunded: int, refunding: int) -> int:
    """Which part of the commission `kept` on a sale over `sold` is given back with `refunding` more won.

    Reckoned on all that was refunded until now, so that however a sale is refunded piece by piece, all of it gives
    back all, to the won. Raises ValueError where more would be refunded than was sold.
    """
    if not 0 <= refunded <= refunded + refunding <= sold or not 0 <= kept <= sold:
        raise ValueError("a refund is within its sale")
    if sold == 0:
        return 0
    return kept * (refunded + refunding) // sold - kept * refunded // sold


# `rule` is a row of commission_rules; `sale` has won, lines, village_id, kind, channel and day.
COMMISSION = """
LEAST(GREATEST(
    sale.won * rule.basis_points / 10000 + rule.fixed * CASE WHEN rule.per_line THEN sale.lines ELSE 1 END, rule.least
), rule.most, sale.won)
"""
RULE_THAT_FITS = """
SELECT * FROM commission_rules r
WHERE (r.village_id IS NULL OR r.village_id = sale.village_id) AND r.kind IN ('', sale.kind)
  AND r.channel IN ('', sale.channel) AND r.starts_on <= sale.day AND (r.ends_on IS NULL OR r.ends_on >= sale.day)
ORDER BY r.position LIMIT 1
"""
