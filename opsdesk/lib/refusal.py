"""A business "no": the sentence that the user reads."""


class Refusal(Exception):
    """Raised by commands; `str()` is the sentence shown.

    `errors` maps field keys to sentences where fields are to blame."""

    def __init__(self, sentence: str, *, errors: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.errors = errors or {}

    def __str__(self) -> str:
        return str(self.sentence)
