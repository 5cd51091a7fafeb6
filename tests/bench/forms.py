"""The forms of a page as a browser would send them: every field with the value it stands on."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
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
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for owner, name, value in reader.outside:  # <input form="…">
        for form in reader.forms:
            if form.id == owner:
                form.fields[name] = value
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.outside: list[tuple[str, str, str]] = []
        self._open: Form | None = None
        self._select: tuple[str, str] | None = None  # (name, owner)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(
                given.get("action", ""), given.get("method", "get").lower(), given.get("id", "")
            )
            self.forms.append(self._open)
        elif tag == "input" and given.get("name"):
            self._input(given, {name for name, _ in attrs})
        elif tag == "textarea" and given.get("name"):
            self._keep(given["name"], "", given.get("form", ""))
        elif tag == "select" and given.get("name"):
            self._select = (given["name"], given.get("form", ""))
        elif tag == "option" and self._select:
            name, owner = self._select
            self._keep(name, given.get("value", ""), owner, is_first="selected" not in given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None

    def _input(self, given: dict[str, str], flags: set[str]) -> None:
        kind = given.get("type", "text").lower()
        if kind in UNSENT or "disabled" in flags:
            return
        if kind == "radio" and self._open is not None and not given.get("form"):
            self._open.choices.setdefault(given["name"], given.get("value", "on"))
        if kind not in ("radio", "checkbox") or "checked" in flags:
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
