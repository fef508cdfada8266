"""Organization, Role, Team, User, Membership, StartCode."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .words import nfkc


class DatedQuerySet(models.QuerySet):
    """Rows that hold from a date to a date (both included; an empty end is open)."""

    def on(self, today: date):
        return self.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))


class Organization(models.Model):
    """The union, a member municipality or a vendor."""

    class Kind(models.TextChoices):
        UNION = "union", _("広域組合")
        MEMBER = "member", _("構成団体")
        VENDOR = "vendor", _("委託ベンダ")

    code = models.SlugField(_("コード"), max_length=40, unique=True)
    kind = models.CharField(_("種別"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=100)
    short_name = models.CharField(_("略称"), max_length=40)
    kana = models.CharField(_("かな"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    joined_on = models.DateField(_("加入日"))
    left_on = models.DateField(_("脱退日"), null=True, blank=True)
    unpatched_limit_percent = models.PositiveSmallIntegerField(_("ウイルス対策 未更新の限度(%)"), default=5)
    operation_starts_on = models.DateField(_("運用開始日"), null=True, blank=True)

    class Meta:
        verbose_name = _("団体")
        verbose_name_plural = _("団体")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="union"),
                name="organization_one_union",
                violation_error_message=_("広域組合は一つだけ登録できます。"),
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="organization_left_after_joined",
                violation_error_message=_("脱退日は加入日より後の日付にしてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class OrganizationName(models.Model):
    """A name that an organization bore from a date on."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("名称"), max_length=100)
    kana = models.CharField(_("かな"), max_length=100, blank=True)
    starts_on = models.DateField(_("開始日"))
    ends_on = models.DateField(_("終了日"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("団体の名称")
        verbose_name_plural = _("団体の名称")
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A column of the matrix. Data, not an enum; `kind` says who may hold it."""

    code = models.SlugField(_("コード"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("種別"), max_length=10, choices=Organization.Kind.choices)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Meta:
        verbose_name = _("役割")
        verbose_name_plural = _("役割")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """The holder of a role: role x organization, from a date to a date."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="teams", verbose_name=_("役割"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="teams", verbose_name=_("団体")
    )
    name = models.CharField(_("名称"), max_length=60)
    starts_on = models.DateField(_("開始日"))
    ends_on = models.DateField(_("終了日"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("担当")
        verbose_name_plural = _("担当")
        ordering = ["role__position", "organization__position", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "organization", "starts_on"],
                name="team_once",
                violation_error_message=_("同じ役割・団体・開始日の担当がすでにあります。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, login: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(login=login, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(login, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with a login name."""

    login = models.CharField(
        _("ログインID"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]*\Z", _("半角の英小文字・数字・. _ - で入力してください。"))
        ],
        error_messages={"unique": _("このログインIDはすでに使われています。")},
    )
    name = models.CharField(_("氏名"), max_length=100)
    kana = models.CharField(_("かな"), max_length=100, blank=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("団体"),
    )
    department = models.CharField(_("部署"), max_length=100, blank=True)
    post = models.CharField(_("職名"), max_length=60, blank=True)
    email = models.EmailField(_("メール"), blank=True)
    is_active = models.BooleanField(_("有効"), default=True)
    is_staff = models.BooleanField(_("管理者"), default=False)
    can_publish_matrix = models.BooleanField(_("分担表を公開できる"), default=False)
    joined_at = models.DateTimeField(_("登録日時"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("利用者")
        verbose_name_plural = _("利用者")
        ordering = ["login"]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password and nfkc(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password; an input method that writes full-width letters changes nothing."""
        return super().check_password(raw_password and nfkc(raw_password))

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name else self.login


class Membership(models.Model):
    """A user's place in a team, from a date to a date; approver (課長) or member."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("利用者")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("担当")
    )
    is_approver = models.BooleanField(_("承認者"), default=False)
    starts_on = models.DateField(_("開始日"))
    ends_on = models.DateField(_("終了日"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("所属")
        verbose_name_plural = _("所属")
        ordering = ["user", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "starts_on"],
                name="membership_once",
                violation_error_message=_("同じ担当への所属がすでにあります。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.team}"


class StartCode(models.Model):
    """A code that lets one person set the own password, once, within 72 hours. Only its hash is stored."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="start_codes", verbose_name=_("利用者")
    )
    code_hash = models.CharField(max_length=128)
    issued_at = models.DateTimeField(_("発行日時"))
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="issued_codes", verbose_name=_("発行者")
    )
    expires_at = models.DateTimeField(_("有効期限"))
    used_at = models.DateTimeField(_("使用日時"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("開始コード")
        verbose_name_plural = _("開始コード")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.issued_at:%Y-%m-%d %H:%M}"
