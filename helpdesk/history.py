"""How the events of the help desk read."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence
from opsdesk.notices.words import Telling


def _saved(event: Event) -> str:
    state = _("公開") if event.data["published"] else _("下書き")
    return _("FAQを保存（%(state)s）") % {"state": state}


def _received(event: Event) -> str:
    words = _("%(channel)sで受付 %(caller)s") % event.data
    return f"{words} {_('原本')} {event.data['original']}" if event.data["original"] else words


#: How the letters of the desk are called in the list of the outbox; nobody's bell shows them.
TELLINGS = {
    "inquiry.receipt": Telling(gettext_lazy("受付番号"), lambda data: _("受付番号のお知らせ")),
    "inquiry.answer": Telling(gettext_lazy("回答"), lambda data: _("問合せへの回答")),
}
SENTENCES = {
    "inquiry.received": Sentence(gettext_lazy("受付"), _received, tone="info"),
    "mail.taken": Sentence(gettext_lazy("メール"), lambda e: _("メールを %(number)s に取り込み") % e.data),
    "mail.set_aside": Sentence(
        gettext_lazy("保留"), lambda e: _("メールを保留"), lambda e: str(e.data["reason"]), "warn"
    ),
    "mail.discarded": Sentence(
        gettext_lazy("対象外"), lambda e: _("メールを対象外に"), lambda e: str(e.data["reason"])
    ),
    "faq.proposed": Sentence(
        gettext_lazy("FAQ"), lambda e: _("%(number)s からFAQの下書きを作成") % e.data, tone="info"
    ),
    "faq.saved": Sentence(gettext_lazy("FAQ"), _saved, lambda e: str(e.data["question"]), "info"),
    "contact.added": Sentence(gettext_lazy("登録"), lambda e: _("連絡先 %(name)s を登録") % e.data),
    "contact.changed": Sentence(gettext_lazy("変更"), lambda e: _("連絡先 %(name)s を変更") % e.data),
    "canned.added": Sentence(gettext_lazy("登録"), lambda e: _("定型文 %(name)s を登録") % e.data),
    "canned.changed": Sentence(gettext_lazy("変更"), lambda e: _("定型文 %(name)s を変更") % e.data),
}
