"""The shares of a sweep: one site's at a time where the database keeps a scope, all at once where it keeps none."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from clinic import scope
from clinic.models import Site


def shares() -> Iterator[None]:
    """`for _ in shares():` what is asked within sees one site, and then the next. A site in use no more has its share too."""
    if connection.vendor != "postgresql" or not settings.VIGIL_ROW_SECURITY:
        yield
        return
    for pk in Site.objects.order_by("pk").values_list("pk", flat=True):
        with scope.of_site(pk):
            yield
