"""The settings of the trial, made quick and quiet for tests: nothing here is safe to run in earnest.

SQLite in memory; DATABASE_URL gives another database (PostgreSQL in the second run of the checks).
"""

import atexit
import os
import shutil
import tempfile

for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "HTTPS", "SITE_URL", "TRUSTED_PROXIES"):
    os.environ.pop(name, None)  # what a developer's shell holds must not change a test
os.environ["TRIAL"] = "1"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="quorate-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from config.settings import *  # noqa: E402, F403
from config.settings import DATA_DIR, DATABASES, LOGGING  # noqa: E402

STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing directory

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING["root"]["level"] = "WARNING"

# The task library's own database backend stays: a task is then a row in the change's transaction,
# is rolled back with it, and nothing runs (no mail leaves) until a test says so.

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["NAME"] = ":memory:"
else:
    DATABASES["default"]["OPTIONS"] = {}  # threads of a race each take a connection of their own
    DATABASES["default"]["CONN_MAX_AGE"] = 0
