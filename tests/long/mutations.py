"""`make mutations`: each check at the door is taken out in turn, page by page, and the access matrix must notice."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from clinic import access, middleware
from clinic.models import Membership, Site
from clinic.prepared import Prepared
from clinic.roles import MAY, Permission, Role
from tests.access_table import PAGES
from tests.test_access_matrix import STAFF, World, strays_of_roles, strays_of_strangers, world  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]
SIGNED = sorted(PAGES)
NAMING_A_ROW = sorted(name for name, entry in PAGES.items() if entry.of)
# Their rows are asked for their site a second time, so that without the one check the other still holds.
ASKED_TWICE = {"emergency_read_review", "form_receipt"}
# And these for whoever asked for them: nobody else's export is there for anybody, whatever the site's door says.
ONES_OWN = {"export", "export_again", "export_cancel", "export_file"}
Mutant = Callable[[], AbstractContextManager[object]]


def without_permission(gone: Permission) -> Mutant:
    """One permission is asked nowhere."""
    real = access.require

    def blind(request: Any, permission: Permission, *about: object) -> None:
        if permission != gone:
            real(request, permission, *about)

    return lambda: patch.object(access, "require", blind)


@contextmanager
def without_the_rows_site() -> Iterator[None]:
    """A row is found by its number alone, whosever it is."""

    def anybodys(request: Any, rows: Any, pk: int, permission: Permission, kind: str, *more: object) -> Any:
        access.require(request, permission, kind, pk)
        if isinstance(rows, Prepared):
            found = (rows.first(site.pk, pk, *more) for site in Site.objects.all())
            row = next((one for one in found if one is not None), None)
        else:
            row = rows.filter(pk=pk).first()
        if row is None:
            access.hide(request, request.site, permission, kind, pk)
        return row

    with ExitStack() as stack:
        for module in [one for one in sys.modules.values() if getattr(one, "row_for", None) is access.row_for]:
            stack.enter_context(patch.object(module, "row_for", anybodys))
        yield


@contextmanager
def without_membership() -> Iterator[None]:
    """Whoever is signed in counts as the site's first administrator."""

    class Anybodys:
        def first(self, user_pk: int, slug: str, now: object) -> Membership | None:
            admins = Membership.objects.filter(site__slug=slug, role=Role.ADMINISTRATOR, is_active=True)
            return real.first(admins.values_list("user_id", flat=True)[0], slug, now)

    real = access.open_memberships
    with patch.object(access, "open_memberships", Anybodys()):
        yield


@contextmanager
def without_entries() -> Iterator[None]:
    """Denials leave no entry."""
    with patch.object(middleware.DenialMiddleware, "__call__", lambda self, request: self.get_response(request)):
        yield


def roles_of(needs: set[Permission]) -> set[str]:
    return {str(role) for role, granted in MAY.items() if needs <= granted}


@pytest.mark.parametrize("name", SIGNED)
def test_a_permission_that_is_not_asked_is_noticed(name: str, world: World) -> None:  # noqa: F811
    """Where the others shut out the same roles, taking one away changes nothing that anybody could notice."""
    needs = set(PAGES[name].needs)
    for gone in needs:
        if roles_of(needs - {gone}) == roles_of(needs):
            continue
        with without_permission(gone)():
            assert strays_of_roles(name, world), f"{name} without {gone}"


@pytest.mark.parametrize("name", NAMING_A_ROW)
def test_a_row_that_is_not_asked_for_its_site_is_noticed(name: str, world: World) -> None:  # noqa: F811
    if "pk" not in world.here[PAGES[name].of] or name in ASKED_TWICE | ONES_OWN:
        assert not strays_of_strangers(name, world)
        return
    with without_the_rows_site():
        assert strays_of_strangers(name, world), name


@pytest.mark.parametrize("mutant", [without_membership, without_entries])
@pytest.mark.parametrize("name", sorted(set(SIGNED) - ONES_OWN))
def test_a_door_that_lets_anybody_in_or_says_nothing_is_noticed(name: str, mutant: Mutant, world: World) -> None:  # noqa: F811
    with mutant():
        assert strays_of_strangers(name, world), name


def test_each_role_of_the_matrix_is_there(world: World) -> None:  # noqa: F811
    assert {world.cast.of(world.cast.person(who)).role for who in STAFF} == {str(role) for role in MAY}
