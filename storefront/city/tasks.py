"""할 일: what needs a person of the city, the oldest first; and what was done about the last ones."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from market.task_list import NOTE_SIGNS, CityTask, close_task, done_city_tasks, open_city_tasks
from storefront.city.act_words import who_text
from storefront.city.city_page import officer_of, render_city
from storefront.web import form_of, path_id, see_other, text_of, visit_of
from villages.people import Permission
from villages.refusals import BadForm


@dataclass(frozen=True)
class Closed:
    task: CityTask
    who: str


async def index(request: Request) -> Response:
    return await _page(request)


async def close(request: Request) -> Response:
    """With the words typed so far, where they do not do."""
    task_id, note = path_id(request), text_of(form_of(request), "note", most=NOTE_SIGNS)
    try:
        await close_task(task_id, note=note, by=f"person {officer_of(request).id}", now=visit_of(request).now)
    except BadForm as bad:
        return await _page(request, mistakes={f"note-{task_id}": bad.sentence}, typed=note, status=422)
    return see_other("/city/tasks?done=1")


async def _page(
    request: Request, *, mistakes: dict[str, str] | None = None, typed: str = "", status: int = 200
) -> Response:
    context = {
        "tasks": await open_city_tasks(),
        "closed": [Closed(task, who_text(task.done_by, task.name)) for task in await done_city_tasks()],
        "may_close": officer_of(request).may(Permission.close_tasks),
        "done": request.query_params.get("done") == "1",
        "mistakes": mistakes or {},
        "typed": typed,
        "most_signs": NOTE_SIGNS,
    }
    return await render_city(request, "tasks", context, status=status)
