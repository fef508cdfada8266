"""manage.py remind: what beat does every minute, by hand."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tasks.digest import digest
from tasks.watch import watch


class Command(BaseCommand):
    help = "朝のまとめと、時刻が来た通知を作ります。何度実行しても同じです。"

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        people, notices = digest(now), watch(now)
        self.stdout.write(f"朝のまとめ {people:,}人、期限超過と引き受け待ち {notices:,}件。")
