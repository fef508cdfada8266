"""The web server's door: gunicorn opens `opsdesk.wsgi:application`."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsdesk.settings")
os.environ.setdefault("STATEMENT_TIMEOUT", "30")  # nobody waits longer than this for a page

from django.core.wsgi import get_wsgi_application  # noqa: E402  (the environment comes first)

application = get_wsgi_application()

# What was loaded stays: to look through it for garbage again and again costs a page a twentieth of its time.
gc.freeze()
gc.set_threshold(10_000, 10, 10)
