"""Charts: figures in won become places that the eye can trust."""

import pytest

from storefront.charts import Month, Series, month_chart, share_chart, short_won

ONLINE, STALL = Series("온라인", "c1"), Series("직거래장터", "c3")


def test_a_bar_is_as_high_as_its_month():
    chart = month_chart("월별 매출", "", [ONLINE], [Month("1월", [1_000_000]), Month("2월", [500_000])])

    full, half = (bar.blocks[0].height for bar in chart.bars)

    assert full == pytest.approx(half * 2, abs=2)


def test_parts_stand_on_each_other_in_the_order_of_the_series():
    chart = month_chart("월별 매출", "", [ONLINE, STALL], [Month("1월", [300_000, 200_000])])

    lower, upper = chart.bars[0].blocks

    assert (lower.colour, upper.colour) == ("c1", "c3")
    assert upper.y + upper.height < lower.y


def test_the_scale_has_room_for_a_target_above_the_sales():
    chart = month_chart("월별 매출", "", [ONLINE], [Month("1월", [10_000], target=470_000_000)])

    target = chart.bars[0].target

    assert target is not None and target.y >= 12
    assert len(chart.lines) <= 6
    assert chart.lines[-1].text == "5억"


def test_months_without_figures_are_drawn_empty():
    chart = month_chart("월별 매출", "", [ONLINE], [Month("1월", [0]), Month("2월", [-5_000])])

    assert [bar.blocks for bar in chart.bars] == [[], []]
    assert chart.last_year == "" and not chart.has_targets


def test_a_share_bar_fills_the_whole_width():
    chart = share_chart(
        "판매 경로", "", [ONLINE, STALL], [("내장산", [750_000, 250_000]), ("옥정호", [0, 0])]
    )

    first, nothing = chart.rows

    assert [block.text for block in first.blocks] == ["75%", "25%"]
    assert first.blocks[-1].x + first.blocks[-1].width == pytest.approx(330, abs=2)
    assert nothing.blocks == []


@pytest.mark.parametrize(
    ("won", "text"),
    [(0, "0"), (9_900, "9,900"), (45_100_000, "4,510만"), (100_000_000, "1억"), (123_000_000, "1.2억")],
)
def test_won_on_a_chart_are_short(won, text):
    assert short_won(won) == text
