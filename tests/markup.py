"""Is a page good HTML? What html5lib's parser complains of, and the rules of the standard that no parser knows."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as SENTENCES

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Parsed:
    root: Element
    errors: tuple[str, ...]

    @cached_property
    def parents(self) -> dict[Element, Element]:
        return {child: parent for parent in self.root.iter() for child in parent}

    @cached_property
    def ids(self) -> Counter[str]:
        return Counter(each.attrib["id"] for each in self.root.iter() if "id" in each.attrib)

    def above(self, element: Element) -> Iterator[Element]:
        """The elements around this one, from inside out."""
        while (parent := self.parents.get(element)) is not None:
            yield parent
            element = parent


def parse(html: str) -> Parsed:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    errors = (f"line {where[0]}: {SENTENCES[code] % words}" for where, code, words in parser.errors)
    return Parsed(root, tuple(errors))


def faults(page: Parsed) -> list[str]:
    """What a validator would say, a sentence each."""
    found = list(page.errors)
    for rule in (about_the_whole, about_ids, about_attributes, about_places, about_controls):
        found += rule(page)
    return list(dict.fromkeys(found))


def about_the_whole(page: Parsed) -> Iterator[str]:
    if not page.root.get("lang"):
        yield "no lang on html"
    if len(headings := list(page.root.iter("h1"))) != 1:
        yield f"{len(headings)} h1"
    titles = [text_of(each) for each in page.root.iter("title")]
    if len(titles) != 1 or not titles[0]:
        yield f"titles {titles}"
    if len(list(page.root.iter("main"))) != 1:
        yield "not one main"
    for rank in (
        "h1",
        "h2",
        "h3",
        "h4",
        "caption",
        "legend",
        "summary",
        "th",
        "option",
        "button",
        "a",
        "label",
    ):
        for each in page.root.iter(rank):
            if not spoken(each) and not (rank in ("th", "option") and "aria-label" in each.attrib):
                yield f"empty {told(each)}"


def about_ids(page: Parsed) -> Iterator[str]:
    yield from (f"id {name!r} stands {count} times" for name, count in page.ids.items() if count > 1)
    yield from (f"bad id {name!r}" for name in page.ids if not name or re.search(r"\s", name))
    for each in page.root.iter():
        for name in ID_LISTS & set(each.attrib):
            for wanted in each.attrib[name].split() or [""]:
                if wanted not in page.ids:
                    yield f"{name}={wanted!r} leads nowhere: {told(each)}"
        link = each.get("href", "") if each.tag == "a" else ""
        if link.startswith("#") and link[1:] not in page.ids:
            yield f"{link} leads nowhere"
        if each.get("form") and not any(
            form.get("id") == each.get("form") for form in page.root.iter("form")
        ):
            yield f"form={each.get('form')!r} is no form: {told(each)}"


def about_attributes(page: Parsed) -> Iterator[str]:
    for each in page.root.iter():
        if not isinstance(each.tag, str) or each.tag.startswith(SVG):
            continue
        if each.tag not in ATTRIBUTES:
            yield f"unknown or old element {told(each)}"
            continue
        for name in each.attrib:
            if name not in GLOBAL | ATTRIBUTES[each.tag] and not name.startswith(("data-", "aria-")):
                yield f"{name} does not belong on {told(each)}"
        for name in NEEDED.get(each.tag, set()) - set(each.attrib):
            yield f"{name} is missing on {told(each)}"
        for name in BARE & set(each.attrib):
            if each.attrib[name] not in ("", name):
                yield f"{name} has no value of its own: {told(each)}"
        for name in WHOLE_NUMBERS & set(each.attrib):
            if not re.fullmatch(r"-?\d+", each.attrib[name]):
                yield f"{name} is not a whole number: {told(each)}"


def about_places(page: Parsed) -> Iterator[str]:
    for each in page.root.iter():
        parent = page.parents.get(each)
        if parent is None or not isinstance(each.tag, str):
            continue
        if parent.tag in CHILDREN and each.tag not in CHILDREN[parent.tag]:
            yield f"{each.tag} directly in {told(parent)}"
        if each.tag in PARENTS and parent.tag not in PARENTS[each.tag]:
            yield f"{told(each)} directly in {parent.tag}"
        around = next((above for above in page.above(each) if above.tag not in TRANSPARENT), parent)
        if each.tag in BLOCKS and around.tag in PHRASING_ONLY and (around.tag, each.tag) not in MAY:
            yield f"{told(each)} in {told(around)}"
    for listed in page.root.iter("dl"):
        groups = [[child.tag for child in group] for group in listed if group.tag == "div"] or [
            [c.tag for c in listed]
        ]
        for group in groups:
            if not re.fullmatch(r"((dt)+(dd)+)+", "".join(group)):
                yield f"dl of {group}"


def about_controls(page: Parsed) -> Iterator[str]:
    for each in page.root.iter():
        if is_interactive(each):
            for above in page.above(each):
                if above.tag in ("a", "button") or (above.tag == "label" and each.tag == "label"):
                    yield f"{told(each)} in {told(above)}"
        if each.tag == "select" and "required" in each.attrib and each[0].get("value") != "":
            yield f"a required choice whose first option is one already: {told(each)}"
        if each.tag == "label":
            inside = [
                below for below in each.iter() if below.tag in LABELLED and below.get("type") != "hidden"
            ]
            if not inside and not each.get("for"):
                yield f"a label of nothing: {told(each)}"
            if len(inside) > 1:
                yield f"a label of many: {told(each)}"
    wanted = {each.get("for"): each for each in page.root.iter("label") if each.get("for")}
    for each in page.root.iter():
        if each.get("id") in wanted and each.tag not in LABELLED:
            yield f"a label for {told(each)}"


def is_interactive(each: Element) -> bool:
    if each.tag == "input":
        return each.get("type") != "hidden"
    return each.tag in INTERACTIVE or "tabindex" in each.attrib or (each.tag == "a" and "href" in each.attrib)


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def spoken(element: Element) -> str:
    """The words of an element; a picture's are its alt."""
    pictures = [each.get("alt", "") for each in element.iter("img")]
    return text_of(element) or element.get("aria-label", "") or "".join(pictures)


def told(element: Element) -> str:
    attributes = "".join(f' {name}="{value[:40]}"' for name, value in element.attrib.items())
    return f"<{element.tag}{attributes}>{text_of(element)[:30]}"[:140]


ID_LISTS = {"for", "headers", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns",
            "aria-details", "aria-errormessage", "aria-activedescendant", "aria-flowto", "popovertarget"}  # fmt: skip
TRANSPARENT = {"a", "ins", "del", "map", "noscript", "slot"}
INTERACTIVE = {"button", "select", "textarea", "label", "iframe", "details", "embed"}
LABELLED = {"button", "input", "meter", "output", "progress", "select", "textarea"}
BLOCKS = set(
    "address article aside blockquote details dialog div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header "
    "hgroup hr main menu nav ol p pre search section table ul".split()
)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
PHRASING_ONLY = HEADINGS | set(
    "abbr b bdi bdo button cite code data dfn em i kbd label legend mark meter output p pre progress q rp rt ruby s "
    "samp small span strong sub summary sup time u var option".split()
)
MAY = {(parent, heading) for parent in ("legend", "summary") for heading in HEADINGS}
"""Headings may stand in these."""
SCRIPTS = {"script", "template"}
CHILDREN = {
    "ul": {"li"} | SCRIPTS,
    "ol": {"li"} | SCRIPTS,
    "menu": {"li"} | SCRIPTS,
    "dl": {"dt", "dd", "div"} | SCRIPTS,
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"} | SCRIPTS,
    "tr": {"th", "td"} | SCRIPTS,
    "select": {"option", "optgroup", "hr"} | SCRIPTS,
    "datalist": {"option"} | SCRIPTS,
    "picture": {"source", "img"},
    "head": {"meta", "title", "link", "script", "base", "noscript"},
}
PARENTS = {
    "li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "caption": {"table"}, "legend": {"fieldset"},
    "summary": {"details"}, "figcaption": {"figure"}, "option": {"select", "optgroup", "datalist"},
}  # fmt: skip
GLOBAL = set(
    "accesskey autocapitalize autofocus class dir draggable enterkeyhint hidden id inert inputmode lang nonce popover "
    "role spellcheck tabindex title translate".split()
)
CONTROL = {"disabled", "form", "name"}
ATTRIBUTES: dict[str, set[str]] = {
    name: set()
    for name in (
        "abbr address article aside b bdi body br caption cite code dd dfn div dl dt em fieldset figcaption figure "
        "footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i kbd main mark nav p picture rp rt ruby s samp search "
        "section small span strong sub summary sup table tbody tfoot thead title tr u ul legend"
    ).split()
} | {
    "a": set("href target download rel hreflang type".split()),
    "blockquote": {"cite"},
    "button": CONTROL | set("type value formaction formmethod formnovalidate popovertarget popovertargetaction".split()),
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "datalist": set(),
    "details": {"open", "name"},
    "dialog": {"open"},
    "form": set("action method enctype autocomplete novalidate name target rel accept-charset".split()),
    "img": set("src srcset sizes alt width height loading decoding fetchpriority".split()),
    "input": CONTROL | set(
        "type value checked required readonly placeholder autocomplete min max step minlength maxlength pattern "
        "multiple accept list size capture alt".split()
    ),
    "label": {"for"},
    "li": {"value"},
    "link": set("rel href type media sizes as crossorigin hreflang".split()),
    "meta": set("name content charset property http-equiv".split()),
    "meter": set("value min max low high optimum".split()),
    "ol": {"start", "reversed", "type"},
    "optgroup": {"label", "disabled"},
    "option": set("value selected disabled label".split()),
    "output": CONTROL | {"for"},
    "progress": {"value", "max"},
    "script": set("src type async defer crossorigin".split()),
    "select": CONTROL | set("required multiple size autocomplete".split()),
    "source": set("src srcset sizes media type width height".split()),
    "td": set("colspan rowspan headers".split()),
    "textarea": CONTROL | set("rows cols required readonly placeholder maxlength minlength autocomplete wrap".split()),
    "th": set("colspan rowspan headers scope abbr".split()),
    "time": {"datetime"},
}  # fmt: skip
ATTRIBUTES["fieldset"] = CONTROL
"""The elements of the standard that pages like ours use, and what may stand on them beside GLOBAL, data- and aria-."""
NEEDED = {
    "img": {"src", "alt"}, "form": {"action", "method"}, "a": {"href"}, "th": {"scope"},
    "link": {"rel", "href"}, "optgroup": {"label"}, "meter": {"value"}, "html": {"lang"},
}  # fmt: skip
BARE = set(
    "autofocus checked disabled hidden inert multiple novalidate open readonly required reversed selected".split()
)
WHOLE_NUMBERS = set(
    "width height rows cols colspan rowspan maxlength minlength size span start tabindex".split()
)
