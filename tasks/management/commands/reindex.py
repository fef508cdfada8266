"""manage.py reindex: make the index of the search anew, from what it is derived from."""

from typing import Any

from django.core.management.base import BaseCommand

from tasks.indexing import rebuild
from tasks.models import SearchText


class Command(BaseCommand):
    help = "検索の索引を作り直します。利用中に実行でき、何度実行しても同じです。"

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, count in rebuild().items():
            self.stdout.write(f"{count:>9,}件  {SearchText.Kind(kind).label}")
