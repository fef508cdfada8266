"""What people type into sign-in forms, full-width or half-width, as one."""

import unicodedata


def nfkc(text: str) -> str:
    """`text` with full-width letters and digits, and half-width kana, in their usual width: ＯＮＯ is ONO."""
    return unicodedata.normalize("NFKC", text)


def folded(text: str) -> str:
    """The same, without blanks around it."""
    return nfkc(text).strip()
