"""The help desk of the demonstration: who calls, what is known, and calls as they are registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpdesk import contacts, faqs, inbox
from helpdesk.models import Canned, Channel, Contact, Faq, Inquiry
from tasks.models import Case

from .people import Cast, content

CALLERS = 30
CANNED = (
    ("1", "受付", "お問い合わせを受け付けました。確認して、期限までに回答します。"),
    ("2", "調査中", "ただいま担当で調べています。分かり次第、こちらからご連絡します。"),
    (
        "3",
        "再起動",
        "端末を再起動して、もう一度お試しください。変わらないときは画面の写しを添えてお知らせください。",
    ),
    ("4", "訪問", "担当者が伺います。都合のよい時間帯をお知らせください。"),
    ("5", "完了", "対応が終わりました。確認をお願いします。"),
)
CHANNELS = {str(c.label): c.value for c in Channel}


def furnish(cast: Cast, at: datetime) -> dict[str, Contact]:
    """Contacts by the words with which cases.json names a caller, and the canned sentences."""
    who: Mapping[str, Any] = {"by": cast.user["kubo.rei"], "at": at}
    for key, name, text in CANNED:
        contacts.keep(Canned(key=key, name=name, text=text), **who)
    found: dict[str, Contact] = {}
    for n, (caller, town) in enumerate(_callers(), 1):
        _town, department, name = caller.split()
        row = Contact(
            organization=cast.organization[town],
            name=name,
            department=department,
            phone=f"0123-{40 + n % 7}-67{n:02}",
            extension=str(200 + n),
            email=f"tanto{n:02}@{town}.example.jp",
        )
        contacts.keep(row, **who)
        found[caller] = row
    return found


def _callers() -> list[tuple[str, str]]:
    """(who calls, municipality) of cases.json, each once, at most CALLERS."""
    steps = [step for row in content("cases")["cases"] for step in row["steps"] if step["duty"] == 54]
    asked = [step.get("answers", {}) for step in steps]
    rows = [(a["連絡者"], a["団体"]) for a in asked if "連絡者" in a and len(a["連絡者"].split()) == 3]
    return list(dict(rows).items())[:CALLERS]


def call(
    cast: Cast, people: Mapping[str, Contact], title: str, answers: Mapping[str, Any], who: Mapping[str, Any]
) -> Case:
    """A call as the reception registers it; `answers` by the labels of No.54."""
    return inbox.register(
        cast.organization[answers["団体"]],
        channel=CHANNELS[answers["手段"]],
        title=title,
        text=answers["内容"],
        caller=answers["連絡者"],
        contact=people.get(answers["連絡者"]),
        received_at=who["at"],
        first_answer="" if answers["一次回答で完結"] == "はい" else None,
        **who,
    )


def publish_faq(cast: Cast, made: Mapping[str, Case], at: datetime) -> None:
    """faq.json: what closed inquiries proposed, put into words and published, and the rest."""
    for row in content("faq")["faq"]:
        case = made.get(row.get("from_inquiry", ""))
        inquiry = Inquiry.objects.filter(case=case).first() if case else None
        faq = Faq.objects.filter(source=inquiry).first() if inquiry else None
        faq = faq or Faq(source=inquiry)
        words = {name: row[name] for name in ("question", "answer", "category")}
        words["keywords"] = " ".join(row.get("keywords", ()))
        faqs.save(faq, by=cast.user["yamaguchi.naoko"], at=at, words=words, version=faq.version, publish=True)
