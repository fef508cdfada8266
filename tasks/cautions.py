"""Question: what a dashboard warns of first: no matrix, no generation, a capped one, missing holidays."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from opsdesk.calendar.holidays import missing_for
from opsdesk.notices.waiting import outbox
from raci.access import Standing
from raci.models import Edition

from .acting import when
from .astray import strays
from .models import GenerationRun

#: Beat wakes generation every three minutes.
STALE = timedelta(minutes=15)

#: What apps above warn of: a sentence, or "".
more: list[Callable[[Any, Standing, datetime], str]] = []


def cautions_for(
    user: Any, standing: Standing, *, now: datetime, today: date, holidays: Collection[date] | None = None
) -> list[str]:
    """Sentences, the gravest first; missing holidays are for those who can do something about them.

    `holidays` are those there are, if the page has read them already."""
    found = [_of_matrix(user, standing), _of_generation(now), *(warns(user, standing, now) for warns in more)]
    if standing.is_union:
        found.append(_of_strays())
    if standing.is_union or user.is_staff:
        found.append(_of_outbox(now))
        found += [
            _("%(year)sの祝日が登録されていません。管理者は、管理画面の「祝日」から取り込んでください。")
            % {"year": year.label}
            for year in missing_for(today, holidays)
        ]
    return [sentence for sentence in found if sentence]


def _of_matrix(user: Any, standing: Standing) -> str:
    """Without a published edition there is no work; who may draft one is led to the import."""
    if standing.marks or Edition.objects.published().exists():
        return ""
    sentence = _("公開された分担表がありません。作業は、分担表を公開すると作られます。")
    if not standing.is_union and not user.is_staff:
        return sentence
    link = reverse("tasks:edition_import")
    return format_html('{} <a href="{}">{}</a>', sentence, link, _("分担表を取り込む"))


def _of_generation(now: datetime) -> str:
    run = GenerationRun.objects.order_by("-pk").first()
    if run is None or run.finished_at is None:
        return _("作業はまだ一度も作成されていません。作成のジョブが動いているか、管理者に確かめてください。")
    if run.error:
        return _(
            "作業の作成が失敗しました。一覧に出ていない作業があるかもしれません。管理者に知らせてください。"
        )
    if now - run.finished_at > STALE:
        sentence = _(
            "作業の作成が %(when)s から動いていません。"
            "今日の作業がまだ出ていないかもしれません。管理者に知らせてください。"
        )
        return sentence % {"when": when(run.finished_at, now)}
    if run.refused:
        sentence = _(
            "作業の作成を止めました: 一度に %(n)s件は多すぎます。"
            "運用開始日や周期設定を確かめ、正しければ管理者が作成してください。"
        )
        return sentence % {"n": f"{run.refused:,}"}
    return ""


def _of_outbox(now: datetime) -> str:
    """Letters that should have gone long ago, or that could not be sent; nothing where no mail is sent."""
    if not settings.EMAIL_URL:
        return ""
    state = outbox(now)
    if state.is_stale(now) and state.late_since:
        sentence = _("通知のメールが %(when)s から送られていません。") % {"when": when(state.late_since, now)}
    elif state.dead:
        sentence = _("送れなかった通知のメールが %(n)s件あります。") % {"n": state.dead}
    else:
        return ""
    return format_html(
        '{} <a href="{}">{}</a>', sentence, reverse("notices:outbox"), _("メールの送信を確かめてください。")
    )


def _of_strays() -> str:
    """Begun tasks that a new edition gives to others or has no more: somebody moves them by hand."""
    number = len(strays())
    if not number:
        return ""
    return format_html(
        '{} <a href="{}?state=astray&amp;scope=all">{}</a>',
        _("分担表の改定で主担当が変わったか、なくなった作業のうち、着手済みのものが %(n)s件あります。")
        % {"n": number},
        reverse("tasks:list"),
        _("一覧を開いて、移すか対象外にしてください。"),
    )


def of_displaced(number: int) -> str:
    """Open tasks that are due on closed days; the union's dashboard counts them with the rest."""
    if not number:
        return ""
    return format_html(
        '{} <a href="{}">{}</a>',
        _("休庁日に期限がある未完了の作業が %(n)s件あります。") % {"n": number},
        reverse("tasks:closed_day_tasks"),
        _("移すか、対象外にするか、そのままにするかを決めてください。"),
    )
