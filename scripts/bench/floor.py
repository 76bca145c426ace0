"""The floor: a bare view behind Django's seven standard middlewares, signed in, on the same engine. A Django of its own."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from scripts.bench.client import SESSION

if not settings.configured:
    from config import environment

    settings.configure(
        SECRET_KEY=os.environ["VIGIL_SECRET_KEY"],
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        # Django's own engine: ours sets the scope of rows, which is a cost of ours.
        DATABASES={"default": {**environment.database("DATABASE_URL", None, {}), "ENGINE": "django.db.backends.postgresql"}},  # type: ignore[arg-type]
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages", "clinic"],
        AUTH_USER_MODEL="clinic.User",
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["console"]},
        },
        SESSION_COOKIE_NAME=SESSION,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    django.setup()


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("signed in") if request.user.is_authenticated else HttpResponse("signed out", status=401)


urlpatterns = [path("", bare)]
application = get_wsgi_application()
