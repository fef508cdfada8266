"""The rule of a duty in the narrow column of the grid."""

from datetime import time

import pytest

from tasks.recurrence import Point, Rule
from tasks.shortrules import short


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("daily"), "開庁日ごと、当日"),
        (Rule("daily", days="every", due_time=time(9, 5)), "毎日、当日 9:05"),
        (Rule("monthly", opens=Point("bd", 1), due=Point("bd", 2, 1)), "第1開庁日 → 翌月 第2開庁日"),
        (Rule("monthly", opens=Point("bd", 1, -1), due=Point("day", 20, -1)), "前月 第1開庁日 → 20日 前倒し"),
        (Rule("monthly", opens=Point("bd", 4, -1), due=Point("bd", -1)), "前月 第4開庁日 → 当月 最終開庁日"),
        (
            Rule("monthly", opens=Point("bd", -3, -2), due=Point("day", 31, -2), due_move="as_is"),
            "2か月前 末から3開庁日 → 末日",
        ),
        (
            Rule("yearly", opens=Point("bd", 1, 11), due=Point("day", 31, 11), due_move="next"),
            "3月 第1開庁日 → 末日 後ろ倒し",
        ),
        (
            Rule("yearly", opens=Point("bd", 1, -2), due=Point("day", 15, -1)),
            "前年度2月 第1開庁日 → 3月 15日 前倒し",
        ),
        (
            Rule("yearly", opens=Point("bd", -5, -1), due=Point("bd", 1, 0), due_time=time(12)),
            "前年度3月 末から5開庁日 → 4月 第1開庁日 12:00",
        ),
    ],
)
def test_words(rule, words):
    assert short(rule) == words
