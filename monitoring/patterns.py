"""Words and RE2 patterns over one line of a log: linear time, whatever the pattern. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2
from django.utils.translation import gettext as _

LIMIT = 500


@lru_cache(256)
def compiled(pattern: str) -> Any:
    """The pattern as RE2 knows it; ValueError says what is wrong with it."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise ValueError(_("正規表現として読めません(%(said)s)。") % {"said": words}) from None


def found(text: str, line: str, *, is_pattern: bool) -> bool:
    """Whether `line` has `text`, in capitals or not, or what the pattern means; "" is in every line."""
    if is_pattern:
        return bool(compiled(text).search(line))
    return text.lower() in line.lower()
