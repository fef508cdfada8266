"""manage.py seed: what a new house needs. Run again, it changes nothing."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from opsdesk.accounts import organizations, seeding
from opsdesk.accounts.models import Organization
from opsdesk.calendar import eras, holidays
from opsdesk.calendar.days import add_months
from opsdesk.calendar.fiscal import FiscalYear
from opsdesk.demo import load as demo_loading
from opsdesk.lib.arguments import day
from opsdesk.lib.era import era_date
from raci import fixture
from raci.models import Edition
from tasks.generation import generate

CODE = "union"
PLACEHOLDER = "広域組合"
#: How many months of work the demonstration has behind it.
DEMO_MONTHS = 2


class Command(BaseCommand):
    help = "役割、元号、祝日、分担表の第1版、広域組合、最初の管理者を用意します。何度実行しても同じです。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", type=day, metavar="日付", help="運用開始日（既定は今日）")
        parser.add_argument("--demo", action="store_true", help="架空の広域組合のデータを入れる")
        parser.add_argument(
            "--without-matrix",
            action="store_true",
            help="付属の分担表を入れない（自分たちの分担表を Excel から取り込むとき）",
        )

    def handle(
        self,
        *args: Any,
        start: date | None = None,
        demo: bool = False,
        without_matrix: bool = False,
        **options: Any,
    ) -> None:
        if demo and without_matrix:
            raise CommandError("--demo と --without-matrix は一緒に使えません。")
        now = timezone.now()
        today = timezone.localdate(now)
        union = Organization.objects.filter(kind=Organization.Kind.UNION).first()
        if demo and union and not demo_loading.is_loaded():
            raise CommandError(
                "このデータベースはすでに使われています。実演用のデータは、空のデータベースにだけ入れられます。"
                "環境変数 DATA_DIR か DATABASE_URL を変えてください。"
            )
        usual = add_months(today, -DEMO_MONTHS) if demo else today
        began = start or (union and union.operation_starts_on) or usual
        self._ground(began, now, without_matrix=without_matrix)
        if demo:
            self._demo(began, now)
        else:
            self._administrator(now)
            self._generate(now, is_forced=start is not None)

    def _ground(self, began: date, now: datetime, *, without_matrix: bool) -> None:
        """What everybody needs, production or not."""
        seeding.load_roles(now)
        eras.fill(by=None, at=now)
        holidays.fill(holidays.years_for(timezone.localdate(now)), by=None, at=now)
        holidays.fill(range(began.year - 1, began.year + 1), by=None, at=now)
        # Periods that begin before the first day of operation may be due after it.
        ground = FiscalYear.of(add_months(began, -1)).starts_on
        edition = self._matrix(ground, now, without=without_matrix)
        union = self._union(began, ground, now)
        words = edition or "なし（画面「分担表の取込」から取り込んでください）"
        self.stdout.write(f"{union.name}: 運用開始日 {era_date(began)}、分担表 {words}")

    def _matrix(self, ground: date, now: datetime, *, without: bool) -> Edition | None:
        """The newest edition. Ours is put only into a house that begins: it comes before the union, so a
        union without an edition was started without ours, and every later start leaves it so."""
        if not without and not Organization.objects.filter(kind=Organization.Kind.UNION).exists():
            return fixture.load(in_force_on=ground, by=None, at=now)
        return Edition.objects.published().order_by("-in_force_on").first()

    def _union(self, began: date, ground: date, now: datetime) -> Organization:
        union = Organization.objects.filter(kind=Organization.Kind.UNION).first()
        if union is None:
            return organizations.create(
                code=CODE,
                kind=Organization.Kind.UNION,
                name=PLACEHOLDER,
                joined_on=ground,
                operation_starts_on=began,
                by=None,
                at=now,
            )
        if union.operation_starts_on != began:
            return organizations.change(union, operation_starts_on=began, by=None, at=now)
        return union

    def _administrator(self, now: datetime) -> None:
        made = seeding.first_administrator(now)
        if made:
            user, code = made
            self.stdout.write(
                f"\n  最初の管理者のログインID: {user.login}\n  開始コード（72時間、一度だけ）: {code}\n"
                "  このコードは二度と表示しません。サインインの画面から使ってください。\n"
                "  管理画面で、まず広域組合の名前を直し、構成団体・担当・利用者を登録してください。\n"
            )

    def _generate(self, now: datetime, *, is_forced: bool) -> None:
        """A start in the past given by hand is meant; the cap is for accidents."""
        report = generate(now, force=is_forced)
        if report.refused:
            self.stderr.write(
                f"作業が {report.refused:,}件足りませんが、一度に作る上限を超えるため作りませんでした。"
                "運用開始日と周期設定を確かめ、正しければ manage.py generate --force を実行してください。"
            )
        if report.created:
            self.stdout.write(f"作業を {report.created:,}件作りました（うち遡及 {report.caught_up:,}件）。")

    def _demo(self, began: date, now: datetime) -> None:
        if not demo_loading.is_loaded():
            demo_loading.load(started_on=began, now=now, say=self.stdout.write)
        generate(now, force=True)
        for line in demo_loading.sign_ins():
            self.stdout.write(line)
