"""The house rules a machine can read: where imports point, and what is kept to one place."""

import ast
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("storefront", "market", "villages", "media")  # each may import itself and those after it

NAMES_THAT_FIT_ANYTHING = {
    "common", "helper", "helpers", "manager", "managers", "misc", "service", "util", "utils",
}  # fmt: skip
READS_THE_ENVIRONMENT = {"storefront/settings.py"}
IMPORTS_STRIPE = {"market/stripe_gateway.py"}
TRUSTS_HTML = {
    "storefront/clean_html.py",  # what it cleaned itself
    "storefront/saying.py",  # the words of our own templates, with their values escaped
}
WHOLE_WON = ("market/money.py", "market/settlement.py", "market/ledger/commission.py")


def imports(source: str, module: str, *, at_run_time: bool = False) -> Iterator[tuple[str, int]]:
    """Every import of `module`, wherever it stands, as (full name, line)."""
    package = module.split(".")[:-1]
    tree = ast.parse(source)
    left_out = for_types_only(tree) if at_run_time else set()
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            for name in node.names:
                yield f"{base}.{name.name}", node.lineno


def for_types_only(tree: ast.Module) -> set[int]:
    guarded = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]
    return {id(inner) for node in guarded for statement in node.body for inner in ast.walk(statement)}


def left_imports(source: str, module: str) -> list[str]:
    here = PACKAGES.index(module.split(".")[0])
    to_the_left = (*PACKAGES[:here], "tests")
    return [
        f"line {line}: {name}" for name, line in imports(source, module) if name.split(".")[0] in to_the_left
    ]


def circles(sources: dict[str, str]) -> list[str]:
    """Modules that reach themselves by imports; hiding one in a function does not open the circle.

    Imports for the type checker alone are free.
    """
    neighbours = {
        module: {known_module(name, sources) for name, _ in imports(source, module, at_run_time=True)}
        - {module, ""}
        for module, source in sources.items()
    }

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(neighbours[start])
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                waiting.extend(neighbours[module])
        return seen

    reach = {module: reachable(module) for module in sources}
    return [
        f"{module} → {other} → … → {module}"
        for module in sorted(sources)
        for other in sorted(neighbours[module])
        if module in reach[other]
    ]


def known_module(name: str, modules: dict[str, str]) -> str:
    """`market.stock` for `import market.stock` and for `from market.stock import take`; empty: not ours."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def environment_reads(source: str) -> list[str]:
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "getenvb"})
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & names_of(node)
        )
        or (isinstance(node, ast.ImportFrom) and node.module == "starlette.config")
    ]


def names_of(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def stripe_imports(source: str) -> list[str]:
    return [f"line {line}: {name}" for name, line in imports(source, "x") if name.split(".")[0] == "stripe"]


def trusted_html(source: str) -> list[str]:
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "Markup")
        or (isinstance(node, ast.Attribute) and node.attr in {"Markup", "__html__"})
        or (isinstance(node, ast.FunctionDef) and node.name == "__html__")
        or (isinstance(node, ast.ImportFrom) and "Markup" in names_of(node))
    ]


def trusted_in_template(text: str) -> list[str]:
    return re.findall(r"\|\s*safe\b[^%}]*|autoescape\s+false", text)


def floats(source: str) -> list[str]:
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
    ]


def name_that_fits_anything(path: str) -> bool:
    return any(part in NAMES_THAT_FIT_ANYTHING for part in Path(path).with_suffix("").parts)


# What stands in the tree


def python_files() -> dict[str, str]:
    """Path → source of every module of the four packages."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def module_name(path: str) -> str:
    """A package's `__init__` keeps its name, so that a relative import in it is counted from the package."""
    return path.removesuffix(".py").replace("/", ".")


def modules() -> dict[str, str]:
    return {module_name(path).removesuffix(".__init__"): source for path, source in python_files().items()}


def offences(
    checker: Callable[[str], list[str]], *, allowed: AbstractSet[str] = frozenset()
) -> dict[str, list[str]]:
    found = {path: checker(source) for path, source in python_files().items() if path not in allowed}
    return {path: lines for path, lines in found.items() if lines}


def test_the_four_packages_are_read():
    assert {path.split("/")[0] for path in python_files()} == set(PACKAGES)


def test_every_folder_with_modules_is_a_package_so_that_it_is_installed():
    folders = {Path(path).parent for path in python_files()}

    assert sorted(str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()) == []


def test_imports_point_right_only():
    found = {path: left_imports(source, module_name(path)) for path, source in python_files().items()}

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_circle_of_imports_open_or_hidden_in_a_function():
    assert circles(modules()) == []


def test_no_module_has_a_name_that_fits_anything():
    assert [path for path in python_files() if name_that_fits_anything(path)] == []


def test_only_the_settings_read_the_environment():
    assert offences(environment_reads, allowed=READS_THE_ENVIRONMENT) == {}


def test_only_the_gateway_imports_stripe():
    assert offences(stripe_imports, allowed=IMPORTS_STRIPE) == {}


def test_html_is_trusted_in_two_places_only():
    assert offences(trusted_html, allowed=TRUSTS_HTML) == {}


def test_no_template_switches_escaping_off():
    templates = sorted(path for path in (ROOT / "storefront/templates").rglob("*") if path.is_file())
    found = {
        str(path.relative_to(ROOT)): trusted_in_template(path.read_text(encoding="utf-8"))
        for path in templates
    }

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_money_is_never_a_float():
    found = {
        path: floats((ROOT / path).read_text(encoding="utf-8"))
        for path in WHOLE_WON
        if (ROOT / path).exists()
    }

    assert {path: lines for path, lines in found.items() if lines} == {}


# That each checker sees what it is there for


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        ("media.images", "import villages.village"),
        ("villages.village", "from market import orders"),
        ("market.orders", "def late():\n    from storefront.settings import read_settings"),
        ("market.orders", "import storefront"),
        ("market.orders", "from tests.builders import a_village"),
        ("villages.people", "from ..market import orders"),
    ],
)
def test_an_import_to_the_left_is_seen(module: str, planted: str):
    assert left_imports(planted, module)


@pytest.mark.parametrize(
    "allowed",
    ["from villages import village", "from market import money", "import marketing", "from . import stock"],
)
def test_an_import_to_the_right_is_free(allowed: str):
    assert left_imports(allowed, "market.orders") == []


@pytest.mark.parametrize(
    "hidden",
    [
        "def late():\n    from market import orders",
        "async def late():\n    import market.orders",
        "def late():\n    from .orders import place",
        "from market.orders import place",
    ],
)
def test_a_circle_is_seen_even_inside_a_function(hidden: str):
    assert circles({"market.orders": "from market import stock", "market.stock": hidden})


def test_a_circle_through_a_third_module_is_seen():
    a_circle = {
        "market.a": "import market.b",
        "market.b": "import market.c",
        "market.c": "def f():\n import market.a",
    }

    assert len(circles(a_circle)) == 3


def test_an_import_for_types_alone_makes_no_circle():
    for_types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from market import orders"

    assert circles({"market.orders": "from market import stock", "market.stock": for_types}) == []
    assert left_imports(for_types, "media.images")


def test_an_import_in_a_function_that_closes_no_circle_is_free():
    assert circles({"market.orders": "def late():\n    from market import stock", "market.stock": ""}) == []


@pytest.mark.parametrize("path", ["market/utils.py", "storefront/helpers/dates.py", "villages/service.py"])
def test_a_name_that_fits_anything_is_seen(path: str):
    assert name_that_fits_anything(path)


@pytest.mark.parametrize(
    "planted",
    [
        "import os\nos.environ['X']",
        "import os as o\no.getenv('X')",
        "from os import environ",
        "from starlette.config import Config",
    ],
)
def test_a_second_reader_of_the_environment_is_seen(planted: str):
    assert environment_reads(planted)


@pytest.mark.parametrize(
    "planted", ["import stripe", "from stripe import StripeClient", "def f():\n    import stripe.error"]
)
def test_a_second_importer_of_stripe_is_seen(planted: str):
    assert stripe_imports(planted)
    assert stripe_imports("from market import stripe_gateway") == []


@pytest.mark.parametrize(
    "planted", ["from markupsafe import Markup", "import markupsafe\nmarkupsafe.Markup(x)", "Markup(x)"]
)
def test_html_trusted_in_code_is_seen(planted: str):
    assert trusted_html(planted)


@pytest.mark.parametrize(
    "planted",
    ["{{ story|safe }}", "{{ story | safe | trim }}", "{% autoescape false %}{{ story }}{% endautoescape %}"],
)
def test_html_trusted_in_a_template_is_seen(planted: str):
    assert trusted_in_template(planted)
    assert trusted_in_template("{{ is_safe }} {{ data|tojson }}") == []


@pytest.mark.parametrize(
    "planted", ["float(won)", "won * 0.1", "won / 11", "won /= 11", "def f(won: float): ..."]
)
def test_a_float_is_seen(planted: str):
    assert floats(planted)
    assert floats("won // 11 + int('3')") == []
