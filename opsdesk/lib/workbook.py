"""xlsx out. What writes it is loaded with the first export: a tenth of a worker's memory."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.http import FileResponse

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write(rows: Iterable[Sequence[Any]], *, title: str, above: Sequence[str] = ()) -> IO[bytes]:
    """One sheet: the lines `above`, then `rows`, of which the first is the head; at most MOST_ROWS below it.

    Memory doesn't grow with the rows; the file is a temporary one, gone when closed.
    """
    from . import bookwriting

    return bookwriting.write(rows, title, above)


def write_book(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> IO[bytes]:
    """Several sheets, each as write() makes its one."""
    from . import bookwriting

    return bookwriting.write_book(sheets)


def response(
    rows: Iterable[Sequence[Any]], *, title: str, filename: str, above: Sequence[str] = ()
) -> FileResponse:
    """`rows` as a download."""
    return FileResponse(
        write(rows, title=title, above=above),
        as_attachment=True,
        filename=filename,
        content_type=CONTENT_TYPE,
    )
