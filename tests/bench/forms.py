"""The forms of a page as a browser would send them: every field with the value it stands on."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

UNSENT = {"submit", "button", "reset", "image", "file"}


@dataclass
class Form:
    action: str
    method: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    """The first choice of every group of radio buttons: sent where the page leaves it to the person."""

    def filled(self, **values: str | int) -> str:
        """Encoded for the wire, with these values in place of the page's own."""
        chosen = {name: str(value) for name, value in values.items()}
        return urlencode({**self.choices, **self.fields, **chosen})


def forms_of(html: str) -> list[Form]:
    """Read by a pattern: the shoppers work on the measured machine, and a parser would cost it more than the shop does.

    Of our pages this is exact: attributes stand in double quotes and hold no `>`, which templates escape.
    """
    reader = _Reader()
    for slash, tag, attributes in TAGS.findall(html):
        if slash:
            reader.close(tag)
        else:
            given = {name: unescape(value) for name, value in ATTRIBUTES.findall(attributes)}
            reader.open(tag, given)
    for owner, name, value in reader.outside:  # <input form="…">
        for form in reader.forms:
            if form.id == owner:
                form.fields[name] = value
    return reader.forms


TAGS = re.compile(r"<(/?)(form|input|textarea|select|option)\b([^>]*)>")
ATTRIBUTES = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


class _Reader:
    def __init__(self) -> None:
        self.forms: list[Form] = []
        self.outside: list[tuple[str, str, str]] = []
        self._open: Form | None = None
        self._select: tuple[str, str] | None = None  # (name, owner)

    def open(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            self._open = Form(
                given.get("action", ""), given.get("method", "get").lower(), given.get("id", "")
            )
            self.forms.append(self._open)
        elif tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "textarea" and given.get("name"):
            self._keep(given["name"], "", given.get("form", ""))
        elif tag == "select" and given.get("name"):
            self._select = (given["name"], given.get("form", ""))
        elif tag == "option" and self._select:
            name, owner = self._select
            self._keep(name, given.get("value", ""), owner, is_first="selected" not in given)

    def close(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        if kind in UNSENT or "disabled" in given:
            return
        if kind == "radio" and self._open is not None and not given.get("form"):
            self._open.choices.setdefault(given["name"], given.get("value", "on"))
        if kind not in ("radio", "checkbox") or "checked" in given:
            self._keep(
                given["name"],
                given.get("value", "on" if kind in ("radio", "checkbox") else ""),
                given.get("form", ""),
            )

    def _keep(self, name: str, value: str, owner: str, *, is_first: bool = False) -> None:
        if owner:
            self.outside.append((owner, name, value))
        elif self._open is not None and not (is_first and name in self._open.fields):
            self._open.fields[name] = value
