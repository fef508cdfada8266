"""Notices with a mail server: a real one on the loopback, and people who have addresses."""

from collections.abc import Iterator

import pytest

from opsdesk.accounts.models import User
from opsdesk.environment import mail_settings
from tests import smtp


@pytest.fixture
def post(settings, cast) -> Iterator[smtp.Post]:
    """The server; everybody of the cast has an address there."""
    for user in User.objects.all():
        user.email = f"{user.login}@example.test"
        user.save(update_fields=["email"])
    with smtp.server() as running:
        settings.EMAIL_URL, settings.SITE_URL = running.url, "https://ops.example.jp"
        settings.DEFAULT_FROM_EMAIL = "運用管理 <ops@example.jp>"
        for name, value in mail_settings(running.url).items():
            setattr(settings, name, value)
        yield running
