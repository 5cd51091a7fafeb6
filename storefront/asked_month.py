"""The month that an address names: /…/2026-11."""

import re
from datetime import date

from starlette.requests import Request

from villages.refusals import NotFound

YEARS = range(2000, 2101)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def asked_month(request: Request) -> date:
    """Its first day. Raises `NotFound`."""
    found = MONTH.fullmatch(request.path_params["month"])
    if not found or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12:
        raise NotFound("그런 달은 없습니다. 2026-11처럼 적힌 주소인지 확인해 주세요.")
    return date(int(found[1]), int(found[2]), 1)
