"""The real settings; each answer says how many statements it took."""

from opsdesk.settings import *  # noqa: F403
from opsdesk.settings import MIDDLEWARE as REAL

MIDDLEWARE = ["tests.bench.floor.CountMiddleware", *REAL]
ALLOWED_HOSTS = ["127.0.0.1"]
