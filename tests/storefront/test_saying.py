"""What a template names outright is part of it; what comes with the page is escaped as ever."""

from decimal import Decimal

import pytest
from jinja2 import Environment
from markupsafe import Markup, escape

from storefront.saying import escaped
from storefront.web import TEMPLATES

ICON = '{% from "parts/icons.html" import icon %}'


def test_plain_words_and_signs_stand_in_the_template():
    code = TEMPLATES.compile(ICON + '{{ _("담기") }}{{ icon("cart") }}', raw=True)

    assert "yield '담기<svg" in code


def test_words_with_values_are_asked_at_each_call_and_values_are_escaped():
    template = TEMPLATES.from_string('{{ _("%(name)s 줄이기", name=name) }}{{ name }}{{ _(name) }}')

    assert template.render(name="<쌀>").count("&lt;쌀&gt;") == 2
    assert template.render(name="콩").startswith("콩 줄이기콩")


class Sign:
    def __html__(self) -> str:
        return "<svg/>"


@pytest.mark.parametrize(
    "value",
    [
        "콩",
        "",
        "<b>",
        "\"'&",
        Markup("<b>"),
        Sign(),
        3,
        -1,
        True,
        None,
        2.5,
        Decimal("1.50"),
        ["<", 1],
        ("'",),
    ],
)
def test_a_value_is_shown_as_markupsafe_escapes_it(value):
    assert escaped(value) == str(escape(value))
    assert TEMPLATES.from_string("{{ value }}").render(value=value) == str(escape(value))


def test_a_sentence_with_a_per_cent_sign_is_said_as_it_is():
    assert TEMPLATES.from_string('{{ _("%(rate)s%% 할인", rate=rate) }}').render(rate=10) == "10% 할인"


def test_a_word_given_to_a_macro_arrives_as_it_is():
    template = TEMPLATES.from_string(
        '{% from "parts/field.html" import field %}{{ field("name", _("이름"), value) }}'
    )

    made = template.render(value='"><b>')

    assert '<label for="f-name">이름</label>' in made and "<b>" not in made


def test_pieces_in_a_row_are_handed_up_together_on_the_lines_they_had():
    text = "{{ a }}<b>{{ c }}\n{% for one in c %}{{ one }}!{% endfor %}"

    plain = Environment(autoescape=True).compile(text, raw=True).splitlines()
    ours = TEMPLATES.compile(text, raw=True).splitlines()

    assert sum("yield" in line for line in ours) < sum("yield" in line for line in plain)
    assert [at for at, line in enumerate(ours) if "'!'" in line] == [
        at for at, line in enumerate(plain) if "'!'" in line
    ]
    assert TEMPLATES.from_string(text).render(a="<", c="xy") == "&lt;<b>xy\nx!y!"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("pair(1)", "1-none"),
        ("pair(1, 2)", "1-2"),
        ("pair(b=3, a=1)", "1-3"),
        ("wide(1, 2, k=3)", "1|(2,)|{&#39;k&#39;: 3}"),
    ],
)
def test_a_macro_takes_its_arguments_as_in_jinja(call, said):
    macros = (
        '{% macro pair(a, b="none") %}{{ a }}-{{ b }}{% endmacro %}'
        "{% macro wide(a) %}{{ a }}|{{ varargs }}|{{ kwargs }}{% endmacro %}"
    )
    text = f"{macros}{{% for once in [1] %}}{{{{ {call} }}}}{{% endfor %}}"

    assert TEMPLATES.from_string(text).render() == said
    assert Environment(autoescape=True).from_string(text).render() == said


@pytest.mark.parametrize("call", ["pair(1, 2, 3)", "pair(1, c=2)"])
def test_a_macro_refuses_what_it_has_no_argument_for(call):
    with pytest.raises(TypeError):
        TEMPLATES.from_string(
            "{% macro pair(a, b) %}{% endmacro %}" + f"{{{{ {call} }}}}",
        ).render()


def test_a_macro_called_with_a_block_gets_it():
    text = "{% macro box() %}<p>{{ caller() }}</p>{% endmacro %}{% call box() %}콩{% endcall %}"

    assert TEMPLATES.from_string(text).render() == "<p>콩</p>"
