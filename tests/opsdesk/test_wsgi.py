"""What a web worker holds before anybody has asked for anything rare."""

import subprocess
import sys

from opsdesk.environment import BASE_DIR

RARE = {"PIL", "holidays", "icalendar", "openpyxl", "pillow_heif", "prometheus_client", "redis"}
LOADED = """
import sys
from opsdesk.wsgi import application
from django.urls import get_resolver

def walk(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            walk(pattern)

walk(get_resolver())
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_no_library_for_what_is_rare():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "django_tables2" in loaded and not RARE & loaded
