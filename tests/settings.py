"""The settings of the tests: the real ones, a fast hasher, and a folder of their own to write into."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_memory = Path("/dev/shm")
_home = Path(tempfile.mkdtemp(prefix="opsdesk-test-", dir=_memory if os.access(_memory, os.W_OK) else None))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["DATA_DIR"] = str(_home)
for _name in ("MEDIA_ROOT", "STATIC_ROOT"):
    os.environ.pop(_name, None)
for _key in ("SECRET_KEY", "AUDIT_KEY"):
    os.environ[_key] = f"{_key}-of-the-tests-and-nothing-else"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in the thread of the tests

from opsdesk.settings import *  # noqa: E402, F403
from opsdesk.settings import DATABASES, EMBEDDED, STATIC_ROOT, STORAGES  # noqa: E402

if EMBEDDED:  # a file, not memory: threads and processes meet as they do in life
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
