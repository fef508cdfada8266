"""The one settings file, driven by the environment; VARIABLES lists every variable that counts."""

from pathlib import Path
from typing import Any

import dj_database_url

from opsdesk import environment as env
from opsdesk.environment import BASE_DIR, Variable

VARIABLES = (
    Variable("DATABASE_URL", env.database, "", "データベースの場所。なければ DATA_DIR の SQLite"),
    Variable("REDIS_URL", env.redis, "", "ジョブの待ち行列の Redis の場所。なければ DATA_DIR のファイル"),
    Variable("DATA_DIR", env.folder, "var", "データを置くフォルダ（データベース、鍵、添付、記録）"),
    Variable("MEDIA_ROOT", env.folder_or_none, "", "添付ファイルのフォルダ。なければ DATA_DIR/media"),
    Variable("STATIC_ROOT", env.folder_or_none, "", "画面の部品を集めるフォルダ。なければ DATA_DIR/static"),
    Variable(
        "SECRET_KEY",
        env.key,
        "",
        "署名の鍵（32 文字以上）。SQLite なら最初の起動で DATA_DIR/secret_key に作る",
    ),
    Variable(
        "AUDIT_KEY",
        env.key,
        "",
        "履歴の鎖の鍵（32 文字以上）。SQLite なら最初の起動で DATA_DIR/audit_key に作る",
    ),
    Variable("DEBUG", env.switch, "0", "開発用の表示。本番では使わない"),
    Variable(
        "ALLOWED_HOSTS",
        env.hosts,
        "localhost,127.0.0.1,[::1]",
        "この名前で開かれたときだけ答える（コンマ区切り）",
    ),
    Variable(
        "CSRF_TRUSTED_ORIGINS", env.origins, "", "プロキシの外側の住所。https:// から書く（コンマ区切り）"
    ),
    Variable("HTTPS", env.switch, "0", "HTTPS だけで使う（クッキーを守り、HSTS を送る）"),
    Variable("TRUSTED_PROXIES", env.number(0, 9), "0", "前に置いたプロキシの段数。X-Forwarded-* を信じる"),
    Variable(
        "STATEMENT_TIMEOUT", env.number(0, 3600), "0", "PostgreSQL の一文の制限秒数。0 はなし、Web は 30"
    ),
    Variable(
        "POOLED",
        env.switch,
        "0",
        "PostgreSQL の前に、トランザクションごとに接続を替える PgBouncer がある。文を準備しておかない",
    ),
    Variable(
        "GENERATION_CAP",
        env.number(1, 1_000_000),
        "5000",
        "一度に作る作業の上限。超えるときは作らずに知らせる",
    ),
    Variable(
        "EMAIL_URL",
        env.mail_server,
        "",
        "通知のメールを送るサーバ。smtp:// smtps:// smtp+tls://。なければメールは送らない",
    ),
    Variable("MAIL_FROM", env.address, "", "通知のメールの差出人。EMAIL_URL があるときは必要"),
    Variable(
        "IMAP_URL",
        env.mailbox,
        "",
        "問合せのメールを読む受信箱。imaps:// imap+tls:// imap://。なければ読まない",
    ),
    Variable("DESK_ADDRESS", env.address, "", "問合せを受け付ける住所。IMAP_URL があるときは必要"),
    Variable("SITE_URL", env.site, "", "通知のメールに書く、この画面の住所。https:// から書く"),
    Variable(
        "METRICS_TOKEN",
        env.key,
        "",
        "/metrics を読む Prometheus のトークン（32 文字以上）。なければ /metrics は開けない",
    ),
    Variable("LOG_LEVEL", env.choice("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "記録の細かさ"),
)
ENV = env.read(VARIABLES)

# Where things are. "Embedded" is one machine without a database server.
DATA_DIR: Path = ENV["DATA_DIR"]
DATABASE_URL = ENV["DATABASE_URL"] or f"sqlite:///{DATA_DIR / 'opsdesk.sqlite3'}"
EMBEDDED = DATABASE_URL.startswith("sqlite:")
DEBUG = ENV["DEBUG"]


def installation_key(name: str) -> str:
    """A key from the environment; on one machine (or in development) from a file made once.

    Several machines must share their keys, so there each is asked for by name."""
    if not (ENV[name] or EMBEDDED or DEBUG):
        raise env.BrokenEnvironment(
            f"環境変数 {name} がありません。PostgreSQL では、全部の機器に同じ 32 文字以上を書きます。"
            f'作り方: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return ENV[name] or env.key_file(DATA_DIR / name.lower())


SECRET_KEY = installation_key("SECRET_KEY")
AUDIT_KEY = installation_key("AUDIT_KEY")  # of the chain of history; it never enters the database

INSTALLED_APPS = [
    "opsdesk.lib",
    "opsdesk.audit",
    "opsdesk.accounts",
    "opsdesk.calendar",
    "opsdesk.notices",
    "raci",
    "tasks",
    "incidents",
    "helpdesk",
    "monitoring",
    "opsdesk",
    "opsdesk.accounts.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "opsdesk.outage.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opsdesk.accounts.doors.DoorMiddleware",
    "opsdesk.accounts.presence.PresenceMiddleware",
    "opsdesk.lib.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "opsdesk.urls"
WSGI_APPLICATION = "opsdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "opsdesk.lib.constant.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opsdesk.navigation.chrome",
            ],
        },
    }
]

# The database. Design: transactions of SQLite begin IMMEDIATE, or two writers fail instead of waiting.
DATABASES: dict[str, dict[str, Any]] = {"default": {**dj_database_url.parse(DATABASE_URL)}}
_options: dict[str, Any] = DATABASES["default"].setdefault("OPTIONS", {})
if EMBEDDED:
    _options |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    _options.setdefault("connect_timeout", 5)
    if ENV["POOLED"]:
        DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        _options["prepare_threshold"] = 1  # opsdesk.lib.prepared
    # a page's statements are short, and compiling one takes seconds where its cost is overrated;
    # what counts a year of tasks by team and month does so in memory, not in files
    _options["options"] = f"{_options.get('options', '')} -c jit=off -c work_mem=16MB".strip()
    if ENV["STATEMENT_TIMEOUT"]:
        _options["options"] += f" -c statement_timeout={ENV['STATEMENT_TIMEOUT'] * 1000}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "opsdesk_cache"}}

# Jobs. The broker wakes workers up; what is to be done stands in the database.
REDIS_URL = ENV["REDIS_URL"]
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5,
    }
else:
    _broker = DATA_DIR / "broker"
    for _folder in (_broker, _broker / "messages", _broker / "control"):
        _folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.2,
        "store_processed": False,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 140  # below half of the visibility timeout, or a job would be handed out twice
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "generate": {"task": "tasks.jobs.generate", "schedule": 180.0, "options": {"expires": 170}},
    "remind": {"task": "tasks.jobs.remind", "schedule": 60.0, "options": {"expires": 55}},
    "escalate": {"task": "incidents.jobs.escalate", "schedule": 60.0, "options": {"expires": 55}},
    "relay": {"task": "opsdesk.notices.jobs.relay", "schedule": 60.0, "options": {"expires": 55}},
    "fetch": {"task": "helpdesk.jobs.fetch", "schedule": 60.0, "options": {"expires": 55}},
    "listen": {"task": "monitoring.jobs.listen", "schedule": 60.0, "options": {"expires": 55}},
    "judge": {"task": "monitoring.jobs.judge", "schedule": 60.0, "options": {"expires": 55}},
    "thin": {"task": "monitoring.jobs.thin", "schedule": 3600.0, "options": {"expires": 3500}},
    "check": {"task": "monitoring.jobs.check", "schedule": 15.0, "options": {"expires": 14}},
}
CELERY_BEAT_SCHEDULER = "monitoring.scheduler:Scheduler"
METRICS_TOKEN = ENV["METRICS_TOKEN"]
GENERATION_CAP = ENV["GENERATION_CAP"]  # more missing tasks than this are no accident to be repaired silently

# Who.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["opsdesk.notices.bell.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "opsdesk.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True  # the session's length is SESSION_COOKIE_AGE, not the browser's mood
# By account only: a whole union may come through one proxy.
ACCOUNT_RATE_LIMITS = {
    "login": False,
    "login_failed": "5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "start_code": "5/5m/key",
}
ACCOUNT_FORMS = {"login": "opsdesk.accounts.forms.LoginForm"}
MFA_ADAPTER = "opsdesk.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "opsdesk.accounts.forms.AuthenticateForm",
    "reauthenticate": "opsdesk.accounts.forms.ReauthenticateForm",
    "activate_totp": "opsdesk.accounts.forms.ActivateTOTPForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENV["TRUSTED_PROXIES"]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "運用管理"
SESSION_ENGINE = "opsdesk.accounts.sessions"
SESSION_COOKIE_AGE = 10 * 3600  # a working day

# Mail: of notices only, and only where there is a server for it; the relay of the outbox sends it.
EMAIL_URL, SITE_URL = ENV["EMAIL_URL"], ENV["SITE_URL"]
if EMAIL_URL and not ENV["MAIL_FROM"]:
    raise env.BrokenEnvironment(
        "環境変数 MAIL_FROM がありません。EMAIL_URL を使うときは、通知のメールの差出人を書いてください。"
    )
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing but the relay sends
DEFAULT_FROM_EMAIL = ENV["MAIL_FROM"] or "opsdesk@localhost"
EMAIL_TIMEOUT = 10
globals().update(env.mail_settings(EMAIL_URL))

# The mailbox of the help desk: what comes there becomes inquiries.
IMAP, DESK_ADDRESS = env.mailbox_settings(ENV["IMAP_URL"]), ENV["DESK_ADDRESS"]
if IMAP and not DESK_ADDRESS:
    raise env.BrokenEnvironment(
        "環境変数 DESK_ADDRESS がありません。"
        "IMAP_URL を使うときは、問合せを受け付けるメールアドレスを書いてください。"
    )

# How it speaks.
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True
DJANGO_TABLES2_TEMPLATE = "ui/_table.html"

# Files.
STATIC_URL = "static/"
STATIC_ROOT = ENV["STATIC_ROOT"] or DATA_DIR / "static"
MEDIA_ROOT = ENV["MEDIA_ROOT"] or DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a form with some hundred lines
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "opsdesk.lib.bundles.Storage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Who may talk to us, and what a page may load.
ALLOWED_HOSTS = ENV["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = ENV["CSRF_TRUSTED_ORIGINS"]
if ENV["TRUSTED_PROXIES"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV["HTTPS"]
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # whoever starts the processes asks them without the proxy
SECURE_HSTS_SECONDS = 365 * 86400 if ENV["HTTPS"] else 0
# The neighbours under the organization's domain are not ours to promise HTTPS for (W005, W021).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV["LOG_LEVEL"]},
    "loggers": {"django": {"handlers": ["console"], "level": ENV["LOG_LEVEL"], "propagate": False}},
}
