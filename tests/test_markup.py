"""The markup check itself: a good page passes, and each kind of fault is found."""

import pytest

from tests.markup import faults, parse

PAGE = """<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>장터</title></head>
<body><main id="main"><h1>장터</h1>{}</main></body></html>"""


def test_a_good_page_has_no_faults():
    good = """<p id="why">까닭</p><form action="/cart" method="post"><label for="n">개수</label>
    <input id="n" name="n" aria-describedby="why" required><button type="submit">담기</button></form>
    <dl><div><dt>값</dt><dd>1원</dd></div></dl><ul><li><a href="#main">위로</a></li></ul>"""

    assert faults(parse(PAGE.format(good))) == []


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("<p><div>안</div></p>", "line 2"),
        ("<b>하나<i>둘</b></i>", "line 2"),
        ("<table><p>밖</p><tr><td>안</td></tr></table>", "line 2"),
        ("<p class=a class=b>둘</p>", "line 2"),
        ("<h1>둘째</h1>", "2 h1"),
        ("<h2></h2>", "empty <h2>"),
        ("<p id=a>1</p><p id=a>2</p>", "id 'a' stands 2 times"),
        ("<label for=x>개수</label>", "for='x' leads nowhere"),
        ("<p aria-describedby=x>글</p>", "aria-describedby='x' leads nowhere"),
        ("<a href='#x'>밑으로</a>", "#x leads nowhere"),
        ("<button type=submit form=x>담기</button>", "form='x' is no form"),
        ("<form method=post><p>글</p></form>", "action is missing"),
        ("<img src=a.png>", "alt is missing"),
        ("<table><tr><th>이름</th></tr></table>", "scope is missing"),
        ("<table width=3><tr><td>글</td></tr></table>", "width does not belong"),
        ("<p inputmod=numeric>글</p>", "inputmod does not belong"),
        ("<center>글</center>", "unknown or old element"),
        ("<input aria-label=a required=yes>", "required has no value of its own"),
        ("<td colspan=two></td>", "line 2"),
        ("<ul><p>글</p></ul>", "p directly in <ul>"),
        ("<span><ul><li>글</li></ul></span>", "<ul>글 in <span>"),
        ("<dl><dd>값</dd></dl>", "dl of"),
        ("<a href='/'><button type=button>담기</button></a>", "in <a"),
        ("<label>글<input name=a><input name=b></label>", "a label of many"),
        ("<label>글</label>", "a label of nothing"),
        ("<p id=p>글</p><label for=p>글</label>", "a label for <p"),
        ("<select aria-label=a required><option value=1>1</option></select>", "a required choice"),
    ],
)
def test_each_kind_of_fault_is_found(bad, sentence):
    found = faults(parse(PAGE.format(bad)))

    assert any(sentence in fault for fault in found), found
