"""People, what they may do and for whom; the one place that says which villages a person acts for."""

from dataclasses import dataclass
from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model


class Role(StrEnum):
    """Village roles stand on a membership with a village, city roles on one without."""

    helper = "helper"
    operator = "operator"
    chair = "chair"
    viewer = "viewer"
    officer = "officer"
    approver = "approver"
    admin = "admin"


VILLAGE_ROLES = frozenset({Role.helper, Role.operator, Role.chair})
CITY_ROLES = frozenset({Role.viewer, Role.officer, Role.approver, Role.admin})


class Permission(StrEnum):
    """What a route asks for. `anyone` is written down too: a route without a permission fails the tests."""

    anyone = "anyone"
    machine = "machine"  # its own key or signature instead of a person
    signed_in = "signed_in"
    see_village = "see_village"
    send_parcels = "send_parcels"
    record_sales = "record_sales"
    edit_listings = "edit_listings"
    confirm_own_deposits = "confirm_own_deposits"
    refund_own = "refund_own"
    see_city = "see_city"
    confirm_deposits = "confirm_deposits"
    refund_any = "refund_any"
    set_targets = "set_targets"
    close_statements = "close_statements"
    see_buyers = "see_buyers"
    see_acts = "see_acts"
    close_tasks = "close_tasks"
    edit_words = "edit_words"


MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.see_village: VILLAGE_ROLES,
    Permission.send_parcels: VILLAGE_ROLES,
    Permission.record_sales: VILLAGE_ROLES,
    Permission.edit_listings: frozenset({Role.operator, Role.chair}),
    Permission.confirm_own_deposits: frozenset({Role.operator, Role.chair}),
    Permission.refund_own: frozenset({Role.operator, Role.chair}),
    Permission.see_city: CITY_ROLES,
    Permission.confirm_deposits: frozenset({Role.officer, Role.approver, Role.admin}),
    Permission.refund_any: frozenset({Role.officer, Role.approver, Role.admin}),
    Permission.set_targets: frozenset({Role.officer, Role.approver, Role.admin}),
    Permission.close_statements: frozenset({Role.officer, Role.approver, Role.admin}),
    Permission.see_buyers: frozenset({Role.officer, Role.admin}),
    Permission.see_acts: frozenset({Role.officer, Role.approver, Role.admin}),
    Permission.close_tasks: frozenset({Role.officer, Role.approver, Role.admin}),
    Permission.edit_words: frozenset({Role.officer, Role.approver, Role.admin}),
}
"""Role × permission. `anyone`, `machine` and `signed_in` need no role and stand outside."""


class Person(Model):
    """One account. The password is kept as an argon2id hash, the e-mail in lower case."""

    id = fields.BigIntField(primary_key=True)
    email = fields.CharField(max_length=120, unique=True)
    name = fields.CharField(max_length=40)
    phone = fields.CharField(max_length=20, default="")
    password = fields.CharField(max_length=200)
    disabled_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    memberships: fields.ReverseRelation["Membership"]

    class Meta:
        table = "people"


class Membership(Model):
    """A role in one village, or (without village) in the city; ends by itself where `until` says so."""

    id = fields.BigIntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "villages.Person", related_name="memberships", on_delete=fields.CASCADE
    )
    village = fields.ForeignKeyField(
        "villages.Village", related_name="memberships", null=True, on_delete=fields.RESTRICT
    )
    role = fields.CharEnumField(Role)
    until = fields.DatetimeField(null=True)

    village_id: int | None

    class Meta:
        table = "memberships"
        unique_together = (("person", "village", "role"),)
        constraints = (
            UniqueConstraint(
                fields=("person_id", "role"),
                name="memberships_city_role_once",
                condition="village_id IS NULL",
            ),
            CheckConstraint(
                check="(village_id IS NULL) = (role IN ('viewer', 'officer', 'approver', 'admin'))",
                name="memberships_role_fits_place",
            ),
        )


class Login(Model):
    """A signed-in device. Only the SHA-256 of its token is kept."""

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "villages.Person", related_name="logins", on_delete=fields.CASCADE
    )
    began_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    idle_minutes = fields.IntField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "logins"


@dataclass(frozen=True)
class Actor:
    """A signed-in person and the roles that count now. Handlers reach village rows only through `village_ids`."""

    id: int
    name: str
    email: str
    city_roles: frozenset[Role]
    village_roles: tuple[tuple[int, Role], ...]
    login_hash: str

    def may(self, permission: Permission) -> bool:
        if permission in (Permission.anyone, Permission.signed_in):
            return True
        return bool(MATRIX[permission] & (self.city_roles | {role for _, role in self.village_roles}))

    def village_ids(self, permission: Permission = Permission.see_village) -> list[int]:
        """The villages for which this person may do that, lowest id first."""
        return sorted({village for village, role in self.village_roles if role in MATRIX[permission]})

    @property
    def home(self) -> str:
        """Where this person's work begins."""
        if self.city_roles:
            return "/city"
        return "/desk" if self.village_roles else "/"
