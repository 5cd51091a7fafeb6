"""A walk over the whole site in one process: as guest, operator and officer, along every kind of link and form."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

import httpx
from starlette.routing import Match

from storefront.app import ROUTES
from tests.markup import Parsed, parse
from tests.site import Browser

ALIKE = 2
"""How many addresses of one kind (route and names of its query) are looked at."""
Alike = Counter[tuple[str, ...]]
"""How many of each kind were looked at; people share it, so that the second one does not walk the first one's ways."""
UNSENT = {"submit", "image", "reset", "button", "file"}


@dataclass(frozen=True)
class Met:
    """An answer on the way: `address` is a path with its query, `sent` how it was asked for."""

    who: str
    sent: str
    address: str
    status: int
    headers: Mapping[str, str]
    html: str

    @cached_property
    def parsed(self) -> Parsed:
        return parse(self.html)

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    def __str__(self) -> str:
        return f"{self.who} {self.sent} {self.address} ({self.status})"


@dataclass(frozen=True)
class Form:
    """A form as the page offers it; `filled` is what a browser would send if nobody typed anything."""

    page: str
    method: str
    action: str
    filled: tuple[tuple[str, str], ...]
    typed: frozenset[str] = frozenset()
    """The fields that people see and fill."""
    has_files: bool = False

    @property
    def kind(self) -> tuple[str, str, frozenset[str]]:
        return self.method, route_of(self.action, self.method), frozenset(dict(self.filled))


@dataclass
class Walker:
    """One person going everywhere. Nothing is sent but GET; the forms found are kept."""

    who: str
    browser: Browser
    alike: Alike
    met: list[Met] = field(default_factory=list)
    forms: dict[tuple[str, str, frozenset[str]], Form] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    """Links and forms to addresses that the site does not have."""
    _seen: set[str] = field(default_factory=set)

    async def walk(self, *seeds: str) -> None:
        """From these addresses on to wherever they lead; a seed is looked at whether or not it was before."""
        ahead, wanted = deque(seeds), set(seeds)
        while ahead:
            address = ahead.popleft()
            kind = kind_of(address)
            if address not in wanted and (address in self._seen or self.alike[kind] >= ALIKE):
                continue
            wanted.discard(address)
            self._seen.add(address)
            self.alike[kind] += 1
            answer = await self.browser.get(address)
            if answer.has_redirect_location:
                ahead.append(urljoin(address, answer.headers["location"]))
            ahead.extend(self.take_in("GET", address, answer))

    def take_in(self, sent: str, address: str, answer: httpx.Response) -> list[str]:
        """Keep an answer and its forms; returns where it leads."""
        met = self.met_as(sent, address, answer)
        self.met.append(met)
        if not met.is_page:
            return []
        forms = list(forms_of(met))
        asked = [
            f"{form.action.partition('?')[0]}?{urlencode(form.filled)}"
            for form in forms
            if form.method == "GET"
        ]
        links = [*links_of(met), *asked]
        self.strays += [f"{met}: {link}" for link in links if not route_of(link)]
        for form in forms:
            if not route_of(form.action, form.method):
                self.strays.append(f"{met}: {form.method} {form.action}")
            self.forms.setdefault(form.kind, form)
        return [link for link in links if route_of(link)]

    def met_as(self, sent: str, address: str, answer: httpx.Response) -> Met:
        html = answer.text if answer.headers.get("content-type", "").startswith("text/") else ""
        return Met(self.who, sent, address, answer.status_code, dict(answer.headers), html)

    def form_to(self, route: str) -> Form:
        return next(form for form in self.posts if route_of(form.action, "POST") == route)

    async def post(self, form: Form, fields: Iterable[tuple[str, str]], **headers: str) -> httpx.Response:
        """Exactly these fields, in the form's own way."""
        if form.has_files:
            parts = [(name, (None, value)) for name, value in fields]
            return await self.browser.client.post(
                form.action, files=parts or [("", (None, ""))], headers=headers
            )
        body = urlencode(list(fields))
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self.browser.client.post(form.action, content=body, headers=kind | headers)

    @property
    def posts(self) -> list[Form]:
        """The forms that change something; the one that signs out comes last."""
        found = [form for form in self.forms.values() if form.method == "POST"]
        return sorted(found, key=lambda form: form.action == "/logout")


def kind_of(address: str) -> tuple[str, ...]:
    return route_of(address), *sorted({name for name, _ in parse_qsl(urlsplit(address).query)})


def route_of(address: str, method: str = "GET") -> str:
    """The pattern in app.py that answers this address; empty if there is none."""
    scope = {"type": "http", "path": urlsplit(address).path, "method": method, "root_path": "", "headers": []}
    found = (route for route in ROUTES if route.matches(scope)[0] == Match.FULL)
    return getattr(next(found, None), "path", "")


def links_of(met: Met) -> list[str]:
    """Addresses of ours that the page leads to; each once, without its fragment."""
    links = [link.get("href", "") for link in met.parsed.root.iter("a")]
    return list(dict.fromkeys(own(met, link) for link in links if own(met, link)))


def own(met: Met, link: str) -> str:
    """A link as an address of ours; empty where it leads away, or only down the page."""
    parts = urlsplit(urljoin(f"http://shop.test{met.address}", link))
    if parts.netloc != "shop.test" or parts.scheme != "http" or not link or link.startswith("#"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def forms_of(met: Met) -> Iterable[Form]:
    for form in met.parsed.root.iter("form"):
        inside = set(form.iter())
        controls = [
            each
            for each in met.parsed.root.iter()
            if (each.get("form") == form.get("id") if each.get("form") else each in inside)
        ]
        values = [pair for control in controls for pair in values_of(control)]
        press = next((each for each in controls if each.tag == "button" and each.get("name")), None)
        if press is not None:
            values.append((press.get("name", ""), press.get("value", "")))
        yield Form(
            page=met.address,
            method=form.get("method", "get").upper(),
            action=own(met, form.get("action") or met.address),
            filled=tuple(values),
            typed=frozenset(each.get("name", "") for each in controls if is_typed(each)),
            has_files=form.get("enctype") == "multipart/form-data",
        )


def is_typed(control: Element) -> bool:
    return control.tag in ("input", "select", "textarea") and control.get("type") != "hidden"


def values_of(control: Element) -> list[tuple[str, str]]:
    name = control.get("name")
    if not name or "disabled" in control.attrib:
        return []
    if control.tag == "textarea":
        return [(name, control.text or "")]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [each for each in options if "selected" in each.attrib] or options[:1]
        return [(name, each.get("value", each.text or "")) for each in chosen]
    if control.tag != "input" or control.get("type") in UNSENT:
        return []
    if control.get("type") in ("radio", "checkbox") and "checked" not in control.attrib:
        return []
    return [(name, control.get("value", ""))]
