"""What the address of a shopper's page asks for, as plain values. What cannot be meant counts as not asked."""

from datetime import date
from typing import NamedTuple

from starlette.datastructures import QueryParams
from starlette.requests import Request

from market.finding.hangul import normalise
from villages.refusals import NotFound

LONGEST = 100  # signs of a search that are read and shown


def slug_of(request: Request) -> str:
    """Raises `NotFound` for what no slug can be."""
    slug = request.path_params["slug"]
    if len(slug) > 100 or "\x00" in slug:
        raise NotFound()
    return slug


def word_from(query: QueryParams, name: str, *, most: int = 40) -> str:
    return query.get(name, "").replace("\x00", "")[:most]


class Words(NamedTuple):
    text: str
    is_cut: bool


def readable(typed: str) -> Words:
    """What to look for, without signs that are no text (control, direction, half a pair), at most `LONGEST`.

    Counted are signs as they are read: a Mac may send three for a syllable.
    """
    typed = typed.encode(errors="ignore").decode().strip()
    whole = normalise(typed[: LONGEST * 4])
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in whole)[:LONGEST].split())
    return Words(text, is_cut=len(whole) > LONGEST or len(typed) > LONGEST * 4)


def page_from(query: QueryParams, name: str = "page") -> int:
    """From 1; what is no number is 1."""
    text = query.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def day_from(text: str) -> date | None:
    """ "2026-12-05", of this millennium."""
    try:
        return date.fromisoformat(text) if len(text) == 10 and "2000" <= text[:4] <= "2999" else None
    except ValueError:
        return None
