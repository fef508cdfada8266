"""manage.py relay: what beat does every minute, by hand."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opsdesk.notices.relay import relay


class Command(BaseCommand):
    help = "送る時刻が来た通知のメールを送ります。何度実行しても同じです。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMAIL_URL:
            raise CommandError(
                "メールサーバが決まっていません。環境変数 EMAIL_URL と MAIL_FROM を設定してください。"
            )
        report = relay(timezone.now)
        self.stdout.write(
            f"送信 {report.sent:,}件、失敗（あとで送り直す） {report.failed:,}件、断念 {report.dead:,}件。"
        )
