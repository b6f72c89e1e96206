"""Settings of the tests: as in real life, on a PostgreSQL that lives as long as the run, and nothing slow for safety's sake.

pytest-django reads the settings before any conftest.py, so the cluster is started here.
"""

import os

from nazorg.launch.ready import compile_translations
from nazorg.launch.throwaway import cluster_of_this_run

os.environ["SECRET_KEY"] = "tests"
os.environ["DATABASE_URL"] = cluster_of_this_run().url()
# Playwright runs an event loop in the thread of the test, where Django then refuses its ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
compile_translations()

from nazorg.config.settings import *  # noqa: E402, F403
from nazorg.config.settings import DATABASES, STORAGES  # noqa: E402

# Each thread of a test keeps a connection of its own: no pool that a test of 50 threads would drain.
DATABASES["default"]["OPTIONS"].pop("pool")
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("NAZORG_TEST_TEMPLATE")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A test signs in more often than a person.
ACCOUNT_RATE_LIMITS = False
