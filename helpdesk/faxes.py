"""What a scanned FAX looks like: a page of a TIFF as a picture that every browser shows. Pure."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from opsdesk.lib.refusal import Refusal
from tasks.uploads import MAX_BYTES, MAX_PIXELS

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 1240  # pixels of A4 at 150 dpi
#: Pages beyond are not shown; the file holds them.
MOST_PAGES = 20


def page_of(content: bytes, number: int) -> tuple[bytes, int]:
    """(PNG of page `number`, counted from 0; how many pages are shown). Raises Refusal."""
    from PIL import Image  # many megabytes, for what is rare

    try:
        picture = Image.open(io.BytesIO(content[: MAX_BYTES + 1]), formats=["TIFF"])
        pages = min(getattr(picture, "n_frames", 1), MOST_PAGES)
        picture.seek(min(max(number, 0), pages - 1))
        if len(content) > MAX_BYTES or picture.width * picture.height > MAX_PIXELS:
            raise ValueError(picture.size)
        return _drawn(picture), pages
    except Exception as error:  # a decoder raises anything over a broken or wicked file
        raise Refusal(
            _("このTIFFは表示できません。登録すると、そのまま保存してダウンロードできます。")
        ) from error


def _drawn(picture: Image.Image) -> bytes:
    """Grey, no wider than WIDTH; a FAX has fewer lines than dots, so its height follows its resolution."""
    across, down = (float(n) for n in picture.info.get("dpi") or (1, 1))
    shape = across / down if across > 0 and down > 0 and 0.2 < across / down < 5 else 1.0
    width = min(WIDTH, picture.width)
    height = max(1, round(picture.height * shape * width / picture.width))
    out = io.BytesIO()
    picture.convert("L").resize((width, min(height, 4 * WIDTH))).save(out, "PNG")
    return out.getvalue()
