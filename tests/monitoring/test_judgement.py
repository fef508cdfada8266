"""n of m with hysteresis: when a check falls, and when it rises again."""

from types import SimpleNamespace

import pytest

from monitoring.judgement import level, state_after


@pytest.mark.parametrize(
    ("ok", "values", "limits", "found"),
    [
        (False, {}, {}, 2),
        (True, {"seconds": 0.1}, {}, 0),
        (True, {"seconds": 3}, {"seconds": {"warning": 3, "critical": 10}}, 1),
        (True, {"seconds": 12}, {"seconds": {"warning": 3, "critical": 10}}, 2),
        (True, {"days": 30}, {"days": {"warning": 30, "critical": 7}}, 1),
        (True, {"days": 6.9}, {"days": {"warning": 30, "critical": 7}}, 2),
        (True, {"days": 31}, {"days": {"warning": 30, "critical": 7}}, 0),
        (True, {"cpu": 99, "mem": 10}, {"mem": {"critical": 95}}, 0),
    ],
)
def test_the_level_of_an_answer(ok, values, limits, found):
    assert level(ok, values, limits) == found


@pytest.mark.parametrize(
    ("answers", "states"),
    [  # 0 good, 1 warning, 2 bad; u up, w warning, d down, - unknown; bad is 3 of 5, good 2 in a row
        ("0222", "uuud"),
        ("02020200", "uuuuuddu"),
        ("222", "--d"),
        ("22200", "--ddu"),
        ("2220202", "--ddddd"),
        ("0111", "uuuw"),
        ("0111222", "uuuwwwd"),
        ("22211", "--ddw"),
        ("0222111100", "uuuddwwwwu"),
        ("2020", "-uuu"),
    ],
)  # fmt: skip
def test_the_state_after_each_answer(answers, states):
    rule = SimpleNamespace(bad_of=3, window=5, good_in_a_row=2)
    names = {"u": "up", "w": "warning", "d": "down", "-": "unknown"}
    state, recent, found = "unknown", [], []
    for letter in answers:
        recent.append(int(letter))
        state = state_after(rule, state, recent)
        found.append(state)
    assert found == [names[s] for s in states]
