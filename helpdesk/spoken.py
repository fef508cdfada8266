"""Numbers as they are read aloud on the phone. Pure."""

NAMES = dict(
    zip(
        "0123456789",
        ("れい", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"),
        strict=True,
    )
)


def read_aloud(number: str) -> tuple[str, str, str]:
    """INQ-R8-1184 → ("INQ-R8-", "1184", "いち・いち・はち・よん"): the part that is said last counts."""
    head, dash, tail = number.rpartition("-")
    return head + dash, tail, "・".join(NAMES.get(digit, digit) for digit in tail)
