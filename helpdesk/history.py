"""How the events of the help desk read."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence


def _saved(event: Event) -> str:
    state = _("公開") if event.data["published"] else _("下書き")
    return _("FAQを保存（%(state)s）") % {"state": state}


def _received(event: Event) -> str:
    words = _("%(channel)sで受付 %(caller)s") % event.data
    return f"{words} {_('原本')} {event.data['original']}" if event.data["original"] else words


SENTENCES = {
    "inquiry.received": Sentence(gettext_lazy("受付"), _received, tone="info"),
    "faq.proposed": Sentence(
        gettext_lazy("FAQ"), lambda e: _("%(number)s からFAQの下書きを作成") % e.data, tone="info"
    ),
    "faq.saved": Sentence(gettext_lazy("FAQ"), _saved, lambda e: str(e.data["question"]), "info"),
    "contact.added": Sentence(gettext_lazy("登録"), lambda e: _("連絡先 %(name)s を登録") % e.data),
    "contact.changed": Sentence(gettext_lazy("変更"), lambda e: _("連絡先 %(name)s を変更") % e.data),
    "canned.added": Sentence(gettext_lazy("登録"), lambda e: _("定型文 %(name)s を登録") % e.data),
    "canned.changed": Sentence(gettext_lazy("変更"), lambda e: _("定型文 %(name)s を変更") % e.data),
}
