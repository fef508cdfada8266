"""Pure: whether a machine wrote a mail, which no machine may answer (RFC 3834)."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from .letters import Letter

#: Mails of one sender in an hour; what is more waits for a person.
MOST_AN_HOUR = 20
BULK = {"bulk", "junk", "list", "auto_reply"}
#: Names before the @ that machines use.
MACHINES = {"mailer-daemon", "postmaster", "noreply", "no-reply", "daemon", "root", "nobody"}


def automatic(letter: Letter) -> str:
    """Why it counts as written by a machine, in a sentence; "" for a person's."""
    manners = letter.manners
    submitted = manners.get("Auto-Submitted", "no").partition(";")[0].strip().lower()
    if letter.sender.partition("@")[0] in MACHINES or manners.get("Return-Path", "-") == "<>":
        return _("メールサーバなどが自動で送ったメールです（不達の知らせかもしれません）。")
    if submitted != "no" or "X-Loop" in manners:
        return _("プログラムが自動で送ったメールです（不在の返信や機器からの知らせかもしれません）。")
    if manners.get("Precedence", "").lower() in BULK or "List-Id" in manners:
        return _("メーリングリストなどで一斉に送られたメールです。")
    return ""


def may_answer(letter: Letter, own: Collection[str]) -> bool:
    """Whether we may write to its sender; `own`: our own addresses."""
    return bool(letter.sender) and letter.sender not in own and not automatic(letter)
