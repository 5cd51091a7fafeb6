"""The demo's people: one of each kind, all with the same password."""

from dataclasses import dataclass

from villages.people import Membership, Person, Role
from villages.village import Village


@dataclass(frozen=True)
class DemoPerson:
    name: str
    role: Role | None = None
    village: str = ""


# By the first half of their address at demo.example.
PEOPLE = {
    "shopper": DemoPerson("김민지(견본)"),
    "naejangsan": DemoPerson("김순자(견본)", Role.operator, "내장산마을"),
    "okjeongho": DemoPerson("박미정(견본)", Role.operator, "옥정호청정마을"),
    "daejeong": DemoPerson("최영호(견본)", Role.operator, "대정유기농녹색마을"),
    "officer": DemoPerson("이주무(견본)", Role.officer),
    "approver": DemoPerson("박팀장(견본)", Role.approver),
    "admin": DemoPerson("정관리(견본)", Role.admin),
}


async def load_people(villages: dict[str, Village], *, password_hash: str) -> dict[str, Person]:
    """The people by the first half of their address at demo.example."""
    people = {}
    for number, (name, demo) in enumerate(PEOPLE.items(), start=1):
        people[name] = await Person.create(
            email=f"{name}@demo.example", name=demo.name, phone=f"0100000{number:04}", password=password_hash
        )
        if demo.role:
            village = villages[demo.village] if demo.village else None
            await Membership.create(person=people[name], village=village, role=demo.role)
    return people
