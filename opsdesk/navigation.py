"""The menus: which screens there are, in which order, and which of them the person of a request may open."""

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from time import monotonic
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_urlconf, resolve, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents import banner
from monitoring.reach import reads_monitoring
from opsdesk import __version__
from opsdesk.accounts.access import Rule, teams_today
from opsdesk.accounts.doors import rule_of
from opsdesk.accounts.models import Organization
from opsdesk.accounts.presence import remaining
from opsdesk.accounts.request import Request
from opsdesk.lib.templatetags.dates import era_dt
from opsdesk.notices.bell import in_words, unread_of


@dataclass(frozen=True)
class Entry:
    """One line of a menu; it shows where its address exists and its door lets the person in."""

    label: str | Promise
    url_name: str
    icon: str = ""
    rule: Rule | None = None  # stricter than the door, if the menu is not for everybody who may enter
    also: tuple[str, ...] = ()  # where else its pages live


MAIN = (
    Entry(_("ダッシュボード"), "tasks:home"),
    Entry(_("作業分担表"), "tasks:matrix", also=("/editions/", "/duties/")),
    Entry(_("年間予定"), "tasks:year_now", also=("/month/",)),
    Entry(_("障害"), "incidents:list"),
    Entry(_("受付"), "helpdesk:inquiries", also=("/intake/", "/faq/")),
    Entry(_("変更管理"), "tasks:changes"),
    Entry(_("業務依頼"), "tasks:answers"),
    Entry(_("作業一覧"), "tasks:list"),
    Entry(_("案件"), "tasks:cases"),
    Entry(_("依頼・起票"), "tasks:catalogue", also=("/report/",)),
    Entry(_("システム監視"), "monitoring:devices", rule=reads_monitoring),
    Entry(_("作業の台帳"), "tasks:ledger"),
    Entry(_("集計"), "incidents:incident_figures", also=("/figures/",)),
)
FIGURES = (
    Entry(_("障害"), "incidents:incident_figures"),
    Entry(_("問合せ"), "helpdesk:inquiry_figures"),
)
USER = (
    Entry(_("パスワードの変更"), "account_change_password", "key"),
    Entry(_("二段階認証"), "mfa_index", "lock"),
    Entry(_("通知の設定"), "notices:settings", "bell"),
    Entry(_("業務の状態"), "tasks:health", "flag"),
    Entry(_("本システムの設定"), "tasks:readings", "check"),
    Entry(_("権限一覧"), "tasks:rights", "book"),
    Entry(_("休庁日"), "tasks:closed_days", "clock"),
    Entry(_("利用者・団体の名簿"), "tasks:roster", "user"),
    Entry(_("メールの送信"), "notices:outbox", "send"),
    Entry(_("管理"), "admin:index", "edit"),
)


@dataclass(frozen=True)
class Shown:
    """An entry as the templates draw it; `current` is "page", "true" (a page below it) or ""."""

    label: str | Promise
    url: str
    icon: str
    current: str


@cache
def _place(url_name: str, _urlconf: Any) -> tuple[str, Rule | None] | None:
    """The address behind a name and the rule of its door; None where it does not exist."""
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return None
    return url, rule_of(resolve(url).func, url_name)


def _allows(rule: Rule | None, request: Request) -> bool:
    """What the rule says, asked once a request: the menus ask the same ones again and again."""
    said: dict[Rule | None, bool] = vars(request).setdefault("_allowed", {None: False})
    if rule not in said:
        said[rule] = bool(rule and rule(request))
    return said[rule]


def states(entries: tuple[Entry, ...], request: Request) -> tuple[str | None, ...]:
    """Of each entry what Shown calls `current`; None where this person may not open it."""
    urlconf = get_urlconf()
    return tuple([_state(entry, request, urlconf) for entry in entries])


def _state(entry: Entry, request: Request, urlconf: Any) -> str | None:
    place = _place(entry.url_name, urlconf)
    if place is None:
        return None
    url, rule = place
    if not _allows(rule, request) or (entry.rule and not _allows(entry.rule, request)):
        return None
    if request.path == url:
        return "page"
    return "true" if url != "/" and request.path.startswith((url, *entry.also)) else ""


def shown(entries: tuple[Entry, ...], states: tuple[str | None, ...]) -> list[Shown]:
    """The entries that have a state."""
    found = [(e, _place(e.url_name, get_urlconf()), s) for e, s in zip(entries, states, strict=True)]
    return [Shown(e.label, place[0], e.icon, s) for e, place, s in found if place and s is not None]


#: The menus that every page carries, by their templates.
MENUS: dict[str, tuple[Entry, ...]] = {
    "ui/_nav.html": MAIN,
    "ui/_user_entries.html": USER,
    "ui/_keys.html": (),
}


def menu(template: str, request: Request) -> SafeString:
    return _drawn(template, states(MENUS[template], request), get_language(), get_urlconf())


@lru_cache(maxsize=256)
def _drawn(template: str, states: tuple[str | None, ...], _language: str | None, _urlconf: Any) -> SafeString:
    """Drawn once a process for the same states."""
    return render_to_string(template, {"entries": shown(MENUS[template], states)})


class Chrome:
    """What the frame of a page says; each part is found only where a template asks for it."""

    version = __version__

    def __init__(self, request: Request) -> None:
        self.request = request

    @property
    def menu(self) -> SafeString:
        return menu("ui/_nav.html", self.request)

    @property
    def user_menu(self) -> SafeString:
        return menu("ui/_user_entries.html", self.request)

    @property
    def keys(self) -> SafeString:
        return menu("ui/_keys.html", self.request)

    @cached_property
    def figures(self) -> list[Shown]:
        """The pages of figures beside one another."""
        return shown(FIGURES, states(FIGURES, self.request))

    @cached_property
    def team(self) -> str:
        return "・".join(str(membership.team) for membership in teams_today(self.request))

    @property
    def unread(self) -> str:
        return in_words(unread_of(self.request.user))

    @cached_property
    def alarms(self) -> list[banner.Alarm]:
        return banner.alarms(self.request)

    @property
    def session_full(self) -> int:
        return settings.SESSION_COOKIE_AGE

    @property
    def session_seconds(self) -> int:
        return remaining(self.request)

    @property
    def union(self) -> str:
        return union_name()

    @property
    def at(self) -> Any:
        return getattr(self.request, "now", None)

    @property
    def at_iso(self) -> str:
        return timezone.localtime(self.at).isoformat()

    @property
    def at_text(self) -> str:
        return era_dt(self.at) if self.at else ""


def chrome(request: Request) -> dict[str, Chrome]:
    """Context processor: `chrome` in every template."""
    return {"chrome": Chrome(request)}


KEEP = 60.0  # seconds
_union: tuple[float, str] = (-KEEP, "")


def union_name() -> str:
    """The union's name for the footer, asked once a minute and process: it changes once in ten years."""
    global _union
    if monotonic() - _union[0] >= KEEP:
        union = (
            Organization.objects.filter(kind=Organization.Kind.UNION).values_list("name", flat=True).first()
        )
        if not union:
            return ""
        _union = monotonic(), union
    return _union[1]


def forget() -> None:
    """Ask for the name again; tests that roll their database back call it."""
    global _union
    _union = -KEEP, ""
