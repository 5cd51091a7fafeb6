"""The ladders that eight villages really post, as data of ours."""

from villages.refund_ladders import RefundLadder, Season, Step, ladder_from_posted

BARAM = ladder_from_posted("바람새마을", [(10, 100), (7, 80), (5, 60), (3, 40), (1, 10)])
WANGPI = ladder_from_posted("왕피천", [(7, 90), (6, 80), (5, 70), (4, 50), (3, 30), (2, 20), (1, 0), (0, 0)])
# "3 to 5 days, as the village chooses, then 80 to 90 percent until the day before": the kindest of both. "Then" begins
# on the next day, so there is no gap between the two.
MUGUNGHWA = ladder_from_posted("무궁화마을", [(3, 100), (2, 90), (1, 90)], no_show=90)
YEONGWOL = RefundLadder(
    "영월",
    ladder_from_posted("평소", [(2, 100), (1, 90), (0, 80)]).steps,
    seasons=(
        Season(
            "07-01",
            "08-31",
            ladder_from_posted("여름", [(10, 100), (7, 90), (5, 70), (3, 50), (1, 20), (0, 20)]).steps,
            no_show=20,
            free_on_booking_day=True,
        ),
    ),
    no_show=80,
)
SALMON = RefundLadder(
    "연어마을",
    tuple(Step(percent, days, "17:00") for days, percent in ((11, 100), (8, 90), (6, 80), (4, 70), (3, 50))),
)
MFMOVE = ladder_from_posted(
    "mfmove56", [(7, 90), (6, 80), (5, 50), (4, 40), (3, 30), (2, 20), (1, 10)], no_show=10
)
DUSEUNG = ladder_from_posted(
    "두승산", [(9, 100), (8, 90), (7, 85), (6, 70), (4, 50), (2, 20), (1, 0), (0, 0)]
)
OKDANG = ladder_from_posted("옥당걸", [(7, 100), (6, 90), (5, 70), (4, 50), (3, 40), (2, 20), (1, 0)])
