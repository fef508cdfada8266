"""What an empty house needs: its roles and its first administrator."""

from __future__ import annotations

from datetime import datetime

from . import people, roles, startcodes
from .models import User

LOGIN = "admin"


def first_administrator(at: datetime) -> tuple[User, str] | None:
    """The user `admin` and a start code to be told to the person at the terminal; None if there are users.

    Asked again before `admin` has chosen a password, it issues a new code: the first may have been lost."""
    user = User.objects.filter(login=LOGIN, is_staff=True, is_active=True).first()
    if user is None:
        if User.objects.exists():
            return None
        user = people.create(login=LOGIN, name="管理者", is_staff=True, by=None, at=at)
    elif user.has_usable_password() or User.objects.exclude(pk=user.pk).exists():
        return None
    return user, startcodes.issue(user, by=None, at=at)


def load_roles(at: datetime) -> int:
    """Create the missing roles of fixtures/roles.json; returns how many."""
    return roles.load(by=None, at=at)
