"""What was read from a file, carried through a page that asks once more, without keeping it on the server."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from .refusal import Refusal

#: A preview that is older is shown anew.
SECONDS = 4 * 3600


def carry(value: Any, *, salt: str) -> str:
    """`value` (JSON) as a text for a hidden field: signed, so that nobody changes it on the way."""
    return signing.dumps(value, salt=salt, compress=True)


def carried(text: str, *, salt: str) -> Any:
    """The value again; raises Refusal if it is not ours or too old."""
    try:
        return signing.loads(text, salt=salt, max_age=SECONDS)
    except signing.BadSignature:
        raise Refusal(_("確かめてから時間がたちました。もう一度ファイルを選んでください。")) from None
