"""manage.py generate: what beat does every few minutes, by hand; or as if it were another day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opsdesk.lib.arguments import day
from opsdesk.lib.era import era_date
from raci.models import Duty
from tasks.generation import Report, generate


class Command(BaseCommand):
    help = "期日が来て、まだない作業を作ります。何度実行しても同じです。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--through", type=day, metavar="日付", help="この日までに始まる作業を作る")
        parser.add_argument("--dry-run", action="store_true", help="作らずに、作る件数だけを表示する")
        parser.add_argument("--force", action="store_true", help="件数の上限（GENERATION_CAP）を外す")

    def handle(self, *args: Any, through: date | None, dry_run: bool, force: bool, **options: Any) -> None:
        report = generate(timezone.now(), through=through, dry_run=dry_run, force=force)
        self._table(report)
        day_words = era_date(report.through_on)
        if report.refused:
            raise CommandError(
                f"{day_words}までの作業は {report.refused:,}件で、上限を超えるため作りませんでした。"
                "運用開始日と周期設定を確かめ、正しければ --force を付けて実行してください。"
            )
        verb = "作ります（まだ作っていません）" if dry_run else "作りました"
        self.stdout.write(
            f"{day_words}までの作業を {report.created:,}件{verb}。うち遡及 {report.caught_up:,}件。"
        )
        self._realigned(report)

    def _table(self, report: Report) -> None:
        """A line a duty."""
        duties = {d.pk: d for d in Duty.objects.filter(pk__in=report.duties)}
        for pk, count in sorted(report.duties.items(), key=lambda item: duties[item[0]].number):
            self.stdout.write(f"{count:>7,}件  No.{duties[pk].number:<3} {duties[pk].work}")

    def _realigned(self, report: Report) -> None:
        moved = report.realigned
        if moved.repointed or moved.withdrawn or moved.returned:
            self.stdout.write(
                f"分担表の版や構成団体の変更: 新しい版へ移した作業 {len(moved.repointed)}件、"
                f"対象外にした作業 {len(moved.withdrawn)}件、戻した作業 {len(moved.returned)}件。"
            )
        if moved.to_move_by_hand:
            numbers = "、".join(str(pk) for pk in moved.to_move_by_hand)
            self.stdout.write(
                "着手済みで主担当が変わった作業は、そのままにしました。手で直してください"
                f"（作業の番号: {numbers}）。"
            )
