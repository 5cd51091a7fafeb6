"""함께 쓰는 자리: the village's bus and guide, how many seats each has, and which programs use it."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from market.pool_seats import create_pool, update_pool
from market.pool_window import OwnPool, own_pool, own_pools, programs_to_share
from storefront.desk.desk_page import own_villages, render_desk, signature, village_to_write_for
from storefront.desk.goods_form import whole_number
from storefront.web import form_of, number_of, path_id, see_other, text_of, visit_of
from villages.listing_edits import new_key
from villages.people import Permission
from villages.pool_edits import PoolOffer
from villages.refusals import BadForm, Stale

MAY_EDIT = Permission.edit_listings


@dataclass(frozen=True)
class Typed:
    """What stands in the form, in the person's own words."""

    name: str = ""
    seats: str = ""
    programs: frozenset[int] = frozenset()


async def index(request: Request) -> Response:
    pools = await own_pools(own_villages(request, Permission.see_village), now=visit_of(request).now)
    context = {"pools": pools, "may_edit": bool(own_villages(request, MAY_EDIT))}
    return await render_desk(request, "pools", context)


async def new(request: Request) -> Response:
    village = await village_to_write_for(request, MAY_EDIT)
    return await _new_form(request, village.id, Typed(), key=new_key())


async def create(request: Request) -> Response:
    form = form_of(request)
    village = await village_to_write_for(request, MAY_EDIT, text_of(form, "village_id"))
    key = text_of(form, "key", most=10) or new_key()
    try:
        pool = await create_pool(
            _offer(form), village_id=village.id, key=key, by=signature(request), now=visit_of(request).now
        )
    except BadForm as bad:
        return await _new_form(request, village.id, _typed(form), key=key, mistakes=_mistakes(bad))
    return see_other(f"/desk/pools/{pool.id}?saved=1")


async def edit(request: Request) -> Response:
    pool = await _own(request)
    saved = request.query_params.get("saved", "")
    return await _show(request, pool, _stored(pool), version=pool.version, saved=saved)


async def update(request: Request) -> Response:
    form, pool = form_of(request), await _own(request)
    version = whole_number(text_of(form, "version")) or 0
    try:
        await update_pool(
            pool.id, _offer(form), village_ids=own_villages(request, MAY_EDIT), version=version, by=signature(request),
            now=visit_of(request).now,
        )  # fmt: skip
    except BadForm as bad:
        return await _show(request, pool, _typed(form), version=version, mistakes=_mistakes(bad), status=422)
    except Stale:
        pool = await _own(request)
        return await _show(request, pool, _typed(form), version=pool.version, is_stale=True, status=409)
    return see_other(f"/desk/pools/{pool.id}?saved=1")


async def _own(request: Request) -> OwnPool:
    ids = own_villages(request, MAY_EDIT)
    return await own_pool(path_id(request), village_ids=ids, now=visit_of(request).now)


async def _new_form(
    request: Request, village_id: int, typed: Typed, *, key: str, mistakes: dict[str, str] | None = None
) -> Response:
    context = {
        "typed": typed, "key": key, "village_id": village_id, "mistakes": mistakes or {},
        "programs": await programs_to_share(village_id),
    }  # fmt: skip
    return await render_desk(request, "pools_new", context, status=422 if mistakes else 200)


async def _show(
    request: Request,
    pool: OwnPool,
    typed: Typed,
    *,
    version: int,
    mistakes: dict[str, str] | None = None,
    saved: str = "",
    is_stale: bool = False,
    status: int = 200,
) -> Response:
    programs = await programs_to_share(pool.village_id)
    context = {
        "pool": pool, "typed": typed, "version": version, "mistakes": mistakes or {}, "saved": saved, "programs": programs,
        "conflict": _differences(pool, typed, dict(programs)) if is_stale else [],
    }  # fmt: skip
    return await render_desk(request, "pools_edit", context, status=status)


def _typed(form: FormData) -> Typed:
    chosen = [value for value in form.getlist("programs") if isinstance(value, str)]
    programs = frozenset(
        int(value) for value in chosen if value.isascii() and value.isdigit() and len(value) < 19
    )
    return Typed(text_of(form, "name", most=60), text_of(form, "seats", most=20), programs)


def _stored(pool: OwnPool) -> Typed:
    return Typed(pool.name, str(pool.seats), frozenset(pool.programs))


def _offer(form: FormData) -> PoolOffer:
    typed = _typed(form)
    return PoolOffer(typed.name, number_of(form, "seats") or 0, typed.programs)


def _differences(pool: OwnPool, typed: Typed, names: dict[int, str]) -> list[tuple[str, str, str]]:
    """Where the person's text and what is stored by now differ: (label, stored, typed)."""
    mine = ", ".join(name for listing, name in names.items() if listing in typed.programs)
    pairs = [
        ("이름", pool.name, typed.name), ("자리", str(pool.seats), typed.seats),
        ("같이 쓰는 체험", ", ".join(pool.programs.values()), mine),
    ]  # fmt: skip
    return [(label, stored, wanted) for label, stored, wanted in pairs if stored != wanted]


def _mistakes(bad: BadForm) -> dict[str, str]:
    """What is sold already stands in the way of fewer seats: said at that field."""
    return bad.fields or {"seats": bad.sentence}
