"""manage.py verify_audit [--stream X]: whether the history is whole; ends with 1 and a sentence if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from opsdesk.audit.verify import streams, verify


class Command(BaseCommand):
    help = "履歴の鎖を確かめます。壊れていれば、最初の場所を書いて終了コード 1 で終わります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stream", metavar="CODE", help="この系列（団体のコード）だけを確かめる")

    def handle(self, *args: Any, **options: Any) -> None:
        known = streams()
        if options["stream"] and options["stream"] not in known:
            raise CommandError(
                _("系列 %(name)s はありません。あるのは %(known)s です。")
                % {"name": options["stream"], "known": "、".join(known) or "なし"}
            )
        findings = [verify(name) for name in ([options["stream"]] if options["stream"] else known)]
        for finding in findings:
            if not finding.fault:
                # the last hash, kept on paper, also shows a chain that was cut together with its head
                self.stdout.write(
                    f"{finding.stream}: {finding.count} 件 正常 {finding.last} {finding.hash[:16]}"
                )
        faults = [finding.fault for finding in findings if finding.fault]
        if faults:
            raise CommandError("\n".join(faults))
