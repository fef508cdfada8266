"""The web server's door: gunicorn opens `opsdesk.wsgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")
os.environ.setdefault("STATEMENT_TIMEOUT", "30")  # nobody waits longer than this for a page

from django.core.wsgi import get_wsgi_application  # noqa: E402  (the environment comes first)

application = get_wsgi_application()
