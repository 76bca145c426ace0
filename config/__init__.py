"""The wiring: settings, urls, Celery, WSGI, sign-in. Imported by nobody below."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
