"""Mails as programs send them, right and wrong; and ways to break one."""

import base64
import random
from email.header import Header

BODY = "窓口の端末で①帳票㈱髙橋ﾃｽﾄが印刷できません。"
PLAIN = "窓口の端末で帳票が印刷できません。"
JIS_MS = {  # what Python's iso2022_jp can't say
    "①": b"\x1b$B-!\x1b(B", "㈱": b"\x1b$B-j\x1b(B", "髙": b"\x1b$B|b\x1b(B", "ﾃｽﾄ": b"\x1b(IC=D\x1b(B",
}  # fmt: skip


def jis_ms(text):
    """ISO-2022-JP as Outlook writes it."""
    found, rest = b"", text
    while rest:
        key = next((k for k in JIS_MS if rest.startswith(k)), rest[0])
        found += JIS_MS.get(key) or key.encode("iso2022_jp")
        rest = rest[len(key) :]
    return found


def mail(
    body=b"hello", *, subject=b"printer", sender=b"shibata@kirihara.example", id_="m1@kirihara.example",
    charset="utf-8", cte="8bit", extra=b"", kind="text/plain",
):  # fmt: skip
    """The bytes of a mail with one part."""
    lines = [b"From: " + sender, b"To: desk@ops.example", b"Subject: " + subject]
    lines += [f"Message-ID: <{id_}>".encode()] if id_ else []
    lines += [extra] if extra else []
    lines += [f"Content-Type: {kind}".encode() + (f"; charset={charset}".encode() if charset else b"")]
    return b"\r\n".join([*lines, f"Content-Transfer-Encoding: {cte}".encode(), b"", body, b""])


def word(text, charset, how="B"):
    return b"=?" + charset.encode() + b"?" + how.encode() + b"?" + base64.b64encode(text) + b"?="


def parts(*inner, boundary="bbb", kind="mixed", extra=b"", sender=b"shibata@kirihara.example", id_="p1@k"):
    """A mail of the parts `inner`, each with its own header lines."""
    head = [b"From: " + sender, b"Subject: parts", f"Message-ID: <{id_}>".encode()] + (
        [extra] if extra else []
    )
    head += [f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode(), b""]
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in inner)
    return b"\r\n".join(head) + b"\r\n" + body + b"--" + boundary.encode() + b"--\r\n"


TEXT_PART = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + PLAIN.encode()
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def file_part(name_line, content=PNG, kind="image/png"):
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n".encode()
    return head + b"Content-Disposition: attachment; " + name_line + b"\r\n\r\n" + base64.b64encode(content)


#: name → (mail, the text that must be read)
CHARSETS = {
    "utf8": (mail(BODY.encode()), BODY),
    "jis-ms": (mail(jis_ms(BODY), charset="iso-2022-jp", cte="7bit"), BODY),
    "jis-1": (mail(jis_ms(BODY), charset="ISO-2022-JP-1"), BODY),
    "jis-3": (mail(PLAIN.encode("iso2022_jp_3"), charset="iso-2022-jp-3"), PLAIN),
    "cp50221": (mail(jis_ms(BODY), charset="cp50221"), BODY),
    "shift_jis": (mail(BODY.encode("cp932"), charset="Shift_JIS"), BODY),
    "windows-31j": (mail(BODY.encode("cp932"), charset='"Windows-31J"'), BODY),
    "euc-jp": (mail(PLAIN.encode("euc_jp"), charset="EUC-JP"), PLAIN),
    "euc-kana": (mail("ﾃｽﾄ漢字".encode("euc_jp"), charset="x-euc-jp"), "ﾃｽﾄ漢字"),
    "utf-7": (mail(PLAIN.encode("utf-7"), charset="utf-7"), PLAIN),
    "no charset, utf-8": (mail(BODY.encode(), charset=""), BODY),
    "no charset, jis": (mail(jis_ms(BODY), charset=""), BODY),
    "no charset, sjis": (mail(PLAIN.encode("cp932"), charset=""), PLAIN),
    "no charset, euc": (mail(PLAIN.encode("euc_jp"), charset=""), PLAIN),
    "unknown charset": (mail(PLAIN.encode(), charset="x-klingon"), PLAIN),
    "a codec, no charset": (mail(PLAIN.encode(), charset="punycode"), PLAIN),
    "wrong: utf-8 is sjis": (mail(PLAIN.encode("cp932"), charset="utf-8"), PLAIN),
    "wrong: sjis is utf-8": (mail(PLAIN.encode(), charset="shift_jis"), PLAIN),
    "wrong: ascii is jis": (mail(jis_ms(BODY), charset="us-ascii"), BODY),
    "base64": (mail(base64.b64encode(BODY.encode()), cte="BASE64"), BODY),
    "broken base64": (mail(base64.b64encode(PLAIN.encode())[:-3] + b"!?\r\n=", cte="base64"), PLAIN[:-1]),
    "quoted": (mail(b"=E5=B8=B3=E7=A5=A8=\r\n", cte="quoted-printable"), "帳票"),
    "unknown encoding": (mail(PLAIN.encode(), cte="x-none"), PLAIN),
}  # fmt: skip
SUBJECTS = {
    "words": (Header("帳票が出ません（至急）", "iso-2022-jp").encode().encode(), "帳票が出ません（至急）"),
    "split in a character": (
        word("帳票".encode()[:4], "utf-8") + b"\r\n " + word("帳票".encode()[4:], "utf-8"), "帳票"
    ),
    "glued": (word("帳".encode(), "utf-8") + word("票".encode(), "utf-8"), "帳票"),
    "raw jis": (jis_ms("①帳票"), "①帳票"),
    "raw sjis": ("帳票の件".encode("cp932"), "帳票の件"),
    "raw utf-8": ("帳票".encode(), "帳票"),
    "q": (b"Re: =?utf-8?Q?=E5=B8=B3_?= =?utf-8?q?=E7=A5=A8?=", "Re: 帳 票"),
    "a space inside": (b"=?utf-8?Q?=E5=B8=B3 x?=", "帳 x"),
    "no base64": (b"=?utf-8?B?!!!!?= x", "x"),
    "a language": (word("帳票".encode(), "utf-8*ja"), "帳票"),
}  # fmt: skip
NAMES = {
    "rfc2231": (b"filename*=utf-8''%E5%B8%B3%E7%A5%A8.png", "帳票.png"),
    "pieces": (b"filename*0*=iso-2022-jp''%1B$BD%22I%3C%1B;\r\n filename*1*=(B.png", None),
    "pieces utf-8": (b"filename*1*=%E7%A5%A8.png;\r\n filename*0*=utf-8''%E5%B8%B3", "帳票.png"),
    "words": (b'filename="' + word("帳票.png".encode("cp932"), "shift_jis") + b'"', "帳票.png"),
    "raw": (b'filename="' + "帳票.png".encode("cp932") + b'"', "帳票.png"),
}


def nested(depth):
    inner = TEXT_PART
    for n in range(depth):
        inner = f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() + inner
    return b"From: shibata@kirihara.example\r\nMessage-ID: <deep@k>\r\n" + inner


def seeds():
    """What is mutated."""
    found = [raw for raw, _text in CHARSETS.values()]
    found += [mail(PLAIN.encode(), subject=subject) for subject, _text in SUBJECTS.values()]
    found += [parts(TEXT_PART, file_part(name)) for name, _text in NAMES.values()]
    found += [nested(8), nested(300), parts(*[TEXT_PART] * 1000), parts(TEXT_PART, kind="alternative")]
    found += [mail(b"<p>x</p><script>1</script>", kind="text/html"), mail(id_=""), b"", b"\0" * 100]
    return found


def mutated(count, seed=0):
    """`count` mails, each broken at some places; the same for the same seed."""
    chance, base = random.Random(seed), seeds()
    for n in range(count):
        raw = bytearray(base[n % len(base)])
        for _ in range(chance.randrange(0, 12)):
            place = chance.randrange(len(raw) + 1)
            match chance.randrange(5):
                case 0:
                    raw[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
                case 1:
                    del raw[place : place + chance.randrange(1, 60)]
                case 2:
                    raw[place:place] = raw[place : place + chance.randrange(1, 200)]
                case 3:
                    raw[place : place + 1] = bytes([chance.randrange(256)])
                case 4:
                    del raw[place + 200 :]
        yield bytes(raw)
