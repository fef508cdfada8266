"""The sentences of what happens to notices; being told leaves no Event, what is told of does."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsdesk.audit.models import Event
from opsdesk.audit.timeline import Sentence

from .models import Setting


def _chosen(event: Event) -> str:
    return _("通知のメールを「%(mail)s」に変えました") % {"mail": Setting.Mail(event.data["mail"]).label}


def _again(event: Event) -> str:
    return _("送れなかった通知 %(count)s件を送り直しました") % event.data


SENTENCES = {
    "notice.mail_chosen": Sentence(gettext_lazy("変更"), _chosen),
    "notice.sent_again": Sentence(gettext_lazy("通知"), _again),
}
