"""A shopper: keeps cookies, fills in the forms that stand on the pages, follows redirects, and counts what it asked."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Protocol
from urllib.parse import urldefrag, urljoin, urlsplit

from tests.bench.forms import Form, forms_of
from tests.bench.wire import Answer


class Line(Protocol):
    """What a shopper asks through: a connection, or the application itself in the same process."""

    async def ask(self, method: str, path: str, *, cookies: str = "", form: str | None = None) -> Answer: ...


class Lost(Exception):
    """The shop answered something with which a shopper cannot go on; the text says what."""


@dataclass
class Shopper:
    line: Line
    cookies: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0
    """Waited for answers, all in all."""
    page: Answer | None = None
    path: str = ""

    async def go(self, path: str) -> Answer:
        """A page, with the redirects on the way to it. Raises `Lost` unless it answers 200."""
        return await self.follow(await self._ask("GET", path), path)

    async def send(self, form: Form, **values: str | int) -> Answer:
        """Send a form with these values filled in and go where it leads."""
        return await self.follow(await self.post(form, **values), form.action)

    async def post(self, form: Form, **values: str | int) -> Answer:
        """Like `send`, but stays with the first answer, whatever it is."""
        return await self._ask("POST", form.action, form.filled(**values))

    def actions(self) -> set[str]:
        """Where the page's forms lead."""
        return {urlsplit(form.action).path for form in forms_of(self.page.text if self.page else "")}

    def form(self, action: str) -> Form:
        """The page's form with that action. Raises `Lost` when it has none."""
        html = self.page.text if self.page else ""
        for form in forms_of(html):
            if form.method == "post" and urlsplit(form.action).path == action:
                return form
        raise Lost(f"{self.path} has no form for {action}")

    def link(self, part: str) -> str:
        """The first link of the page whose address holds `part`. Raises `Lost`."""
        for found in re.findall(r'href="([^"]+)"', self.page.text if self.page else ""):
            if part in found:
                return urldefrag(urljoin(self.path, unescape(found))).url
        raise Lost(f"{self.path} has no link with {part}")

    async def follow(self, answer: Answer, path: str) -> Answer:
        """Go where a redirect leads. Raises `Lost` unless a page comes in the end."""
        for _ in range(5):
            if answer.status not in (302, 303):
                break
            path = urldefrag(answer.header("location")).url
            if not path.startswith("/"):
                raise Lost(f"sent away to {path}")
            answer = await self._ask("GET", path)
        if answer.status != 200:
            raise Lost(f"{path} answered {answer.status}")
        self.page, self.path = answer, path
        return answer

    async def _ask(self, method: str, path: str, form: str | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.line.ask(method, path, cookies=cookies, form=form)
        self.requests += 1
        self.seconds += answer.seconds
        for line in answer.cookies():
            name, _, value = line.partition(";")[0].partition("=")
            if value.strip('"') and "max-age=0" not in line.lower():
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer
