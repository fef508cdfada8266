"""Small real files for the names that the demonstration's answers mention."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image


def placeholder(name: str) -> SimpleUploadedFile:
    """A file called `name`, of the kind that its ending says (a PDF unless xlsx or an image)."""
    ending = name.rpartition(".")[2].lower()
    make = {"xlsx": _workbook, "png": _picture, "jpg": _picture}.get(ending, _pdf)
    return SimpleUploadedFile(name, make(name))


def _workbook(name: str) -> bytes:
    book = Workbook(write_only=True)
    book.create_sheet().append([name])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _picture(name: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 200), "#dcf0ff").save(out, "PNG" if name.endswith("png") else "JPEG")
    return out.getvalue()


def _pdf(name: str) -> bytes:
    """One empty A4 page; its title makes each file's content its own."""
    title = name.encode("utf-16-be").hex()
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Title <FEFF{title}> >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    start = len(body)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    body += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return body.encode("ascii")
