"""opsdesk.lib.folding: what is the same for a search, and the part of a text that shows a hit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsdesk.lib.folding import excerpt, fold

WIDE = {
    "ガ": "ｶﾞ",
    "パ": "ﾊﾟ",
    "ッ": "ｯ",
    "ー": "ｰ",
    "サ": "ｻ",
    "A": "Ａ",
    "z": "ｚ",
    "8": "８",
    "-": "－",
    " ": "\u3000",
}
PLAIN = st.text(st.sampled_from([*WIDE, "漢", "髙", "R", "が", "\n"]), max_size=30)
TEXT = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＩＮＣ－Ｒ８－００１２", "inc-r8-0012"),
        ("ﾊﾞｯｸｱｯﾌﾟ", "ばっくあっぷ"),
        ("ハ\u3099ックアッフ\u309a", "バックアップ"),  # letter by letter, and composed
        ("サーバー", "サ−バ―"),
        ("か゛", "ガ"),
        ("ヴァ", "ゔぁ"),
        ("①㈱…", "1(株)..."),
        ("葛\U000e0100城", "葛城"),
        ("Straße", "STRASSE"),
        ("No.\u300029\t", "no. 29 "),
        ("内\u200b部", "内部"),
        ("10〜12時", "10～12時"),
    ],
)
def test_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("は", "ば"), ("髙", "高"), ("つ", "っ"), ("ア", "ァ"), ("障害", "障碍")]
)
def test_not_the_same(one, other):
    assert fold(one) != fold(other)


@given(PLAIN)
def test_width_case_and_kana_do_not_count(text):
    wide = "".join(WIDE.get(c, c) for c in text)
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)
    assert fold(text) == fold(wide) == fold(hiragana) == fold(text.upper()) == fold(fold(text))


@given(PLAIN, PLAIN, PLAIN)
def test_a_part_is_found_in_the_whole(before, word, after):
    assert fold(word) in fold(before + word + after)


@given(TEXT, st.lists(TEXT, max_size=3), st.integers(1, 40))
def test_an_excerpt_is_what_was_written(text, words, width):
    pieces = excerpt(text, [fold(w) for w in words], width)
    shown = "".join(piece for piece, _hit in pieces)
    assert shown.strip("…") in text and all(piece for piece, _hit in pieces)
    fold(text).encode()  # any text can be stored


@given(PLAIN, PLAIN.filter(lambda w: fold(w).strip()), PLAIN)
def test_the_hit_is_marked(before, word, after):
    wide = "".join(WIDE.get(c, c) for c in word)
    pieces = excerpt(f"{before}{wide}{after}", [fold(word)], 500)
    assert any(hit and fold(word) in fold(piece) for piece, hit in pieces)


def test_an_excerpt():
    text = "前" * 50 + "ﾊﾞｯｸｱｯﾌﾟを再取得。バックアップは正常" + "後" * 200
    pieces = excerpt(text, [fold("ばっくあっぷ")], 60)
    assert [piece for piece, hit in pieces if hit] == ["ﾊﾞｯｸｱｯﾌﾟ", "バックアップ"]
    assert pieces[0] == ("…", False) and pieces[-1] == ("…", False)
    assert excerpt("短い文", ["ない"]) == [("短い文", False)]
    assert excerpt("", ["ない"]) == []
