"""What stands between a draft and its publication."""

from dataclasses import replace

import pytest

from villages.claims import claim_problems
from villages.legal_notices import NOTICE_ROWS, Draft, missing_rows, publish_problems, rows_to_mend


def rows_of(kind, **changed):
    return {row.key: "내장산 마을에서 적은 말" for row in NOTICE_ROWS[kind]} | changed


@pytest.mark.parametrize("kind", NOTICE_ROWS)
def test_every_required_row_must_be_answered(kind):
    assert missing_rows(kind, rows_of(kind)) == []
    assert missing_rows(kind, {}) == [row.label for row in NOTICE_ROWS[kind] if row.required]


@pytest.mark.parametrize(
    "answer",
    [
        "상세페이지 참조",
        "상세 페이지 참고",
        "상세설명참조",
        "본문 참조",
        "제품 포장에 표시",
        "별도 표기",
        "상품상세 확인",
        "-",
        " ",
        "...",
    ],
)
def test_pointing_elsewhere_is_no_answer(answer):
    assert missing_rows("produce", rows_of("produce", origin=answer)) == ["원산지"]


def test_none_is_an_answer_only_where_it_can_be():
    assert missing_rows("produce", rows_of("produce", crop_marks="해당 없음", imported="해당 없음")) == []
    assert missing_rows("produce", rows_of("produce", producer="해당 없음")) == ["생산자"]


def test_a_preset_must_have_its_number():
    preset = NOTICE_ROWS["produce"][4].presets[0]

    assert [row.key for row in rows_to_mend("produce", rows_of("produce", dates=preset))] == ["dates"]
    assert not rows_to_mend("produce", rows_of("produce", dates=preset.replace("○", "30")))


@pytest.mark.parametrize(
    ("name", "certificates", "problems"),
    [
        ("유기농 쌀 10kg", (), 1),
        ("유기농 쌀 10kg", ("유기농산물",), 0),
        ("유기농 쌀 10kg", ("무농약농산물",), 1),
        ("무농약 부추", ("무농약농산물",), 0),
        ("무농약 부추", ("유기농산물",), 0),
        ("친환경 무 농약 부추", ("GAP",), 2),
        ("유정란", ("무항생제",), 0),
        ("다발무", (), 0),
    ],
)
def test_certified_words_need_their_certificate(name, certificates, problems):
    assert len(claim_problems(name, "", certificates=certificates)) == problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("당뇨에 좋은 여주", ["당뇨"]),
        ("항암 효과, 치매 예방", ["항암", "치매", "예방"]),
        ("고혈압 치료", ["고혈압", "치료"]),
        ("병충해 예방을 위해 봉지를 씌웠습니다", []),
        ("혈압에 좋습니다", ["혈압에"]),
        ("목이 칼칼할 때", []),
    ],
)
def test_food_is_no_medicine(text, words):
    found = claim_problems("도라지배즙", text)

    assert [sentence.split("'")[1] for sentence in found] == words


def test_a_village_may_be_called_organic():
    assert claim_problems("현미", "대정유기농녹색마을에서", village_name="대정유기농녹색마을") == []


def test_a_whole_draft_has_no_problems_and_each_lack_has_its_sentence():
    draft = Draft(
        kind="produce",
        name="꿀사과",
        description="아삭합니다",
        notice_rows=rows_of("produce"),
        origin="국산(정읍)",
        prices=(35000,),
    )

    assert publish_problems(draft) == []
    for lack, word in (
        ({"name": " "}, "이름"),
        ({"origin": ""}, "원산지"),
        ({"prices": ()}, "값"),
        ({"prices": (0, 100)}, "값"),
        ({"pictures": 0}, "사진"),
        ({"pictures_without_words": 1}, "사진"),
        ({"withdrawal_limited": True}, "청약철회"),
        ({"seller_is_complete": False}, "판매자"),
        ({"notice_rows": rows_of("produce", phone="")}, "소비자상담"),
    ):
        (problem,) = publish_problems(replace(draft, **lack))
        assert word in problem


def test_processed_food_needs_a_licence_and_a_program_its_refund_rule():
    processed = Draft("processed", "잼", "", rows_of("processed"), origin="국산", prices=(9000,))
    program = Draft(
        "experience", "딸기 따기", "", rows_of("experience"), prices=(10000,), ladder_is_set=False
    )

    assert "식품제조가공업" in publish_problems(processed)[0]
    assert "환불" in publish_problems(program)[0]
