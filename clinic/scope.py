"""Which sites' rows PostgreSQL shows right now: the second line behind `site_for` (docs/adr/0032). Without an effect on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum

# Owns nothing, bypasses nothing; `migrate` makes it and grants it what pages need (clinic.guards.grants).
ROLE = "vigil_pages"
# As whom web, worker and beat sign in where the tables belong to somebody else.
LOGIN = "vigil_web"
SITES, PERSON = "vigil.sites", "vigil.person"


class Which(Enum):
    NAMED = "the sites that are named"
    OWN = "the sites of the person's memberships"
    EVERY = "every site, to find the one that a token, a number or a due time means"


@dataclass(frozen=True)
class Scope:
    which: Which = Which.NAMED
    sites: tuple[int, ...] = ()
    person: int | None = None

    @property
    def statements(self) -> tuple[str, ...]:
        """What is sent in front of a transaction's first statement, in the same message. Holds numbers alone."""
        person = "" if self.person is None else str(int(self.person))
        named = ",".join(str(int(pk)) for pk in self.sites)
        first = f"SET LOCAL ROLE {ROLE}", f"SET LOCAL {PERSON} = '{person}'", f"SET LOCAL {SITES} = '{{{named}}}'"
        return first if self.which is Which.NAMED else (*first, self.looked_up)

    @property
    def looked_up(self) -> str:
        """The sites that only the database knows, by the same role."""
        rows = "clinic_site" if self.which is Which.EVERY else f"clinic_membership WHERE is_active AND user_id = {int(self.person or 0)}"
        column = "id" if self.which is Which.EVERY else "site_id"
        return f"SELECT set_config('{SITES}', (SELECT COALESCE(array_agg({column})::text, '{{}}') FROM {rows}), true)"  # noqa: S608  numbers alone


CLOSED = Scope()
_current: ContextVar[Scope | None] = ContextVar("vigil_scope", default=None)


def current() -> Scope | None:
    """None: nobody has named one; then counts what the database's own login may see."""
    return _current.get()


@contextmanager
def within(scope: Scope) -> Iterator[None]:
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def closed() -> Iterator[None]:
    """No site's rows, until one is named within."""
    with within(CLOSED):
        yield


@contextmanager
def of_person(pk: int | None) -> Iterator[None]:
    """The sites that the person belongs to, asked anew by each transaction: a place that ended counts no more."""
    with within(Scope(Which.OWN, person=pk)):
        yield


@contextmanager
def of_site(*pks: int) -> Iterator[None]:
    scope = current()
    with within(Scope(sites=pks, person=scope.person if scope is not None else None)):
        yield


@contextmanager
def every() -> Iterator[None]:
    """For a look across sites that names the site: by a token's digest, a phone's number, a due time. As short as it can be."""
    with within(Scope(Which.EVERY)):
        yield


@contextmanager
def also(*pks: int) -> Iterator[None]:
    """Another site beside those that are open: an emergency's chart, a patient's move."""
    scope = current()
    if scope is None or scope.which is Which.EVERY:
        yield
        return
    if scope.which is Which.OWN:
        raise RuntimeError("Name the site first: only then another beside it.")
    with within(Scope(sites=tuple(sorted({*scope.sites, *pks})), person=scope.person)):
        yield


def name_person(pk: int) -> None:
    """Who asks: until a site is named, their own sites stand open."""
    if current() is not None:
        _current.set(Scope(Which.OWN, person=pk))


def name_site(*pks: int) -> None:
    """From here on, to the end of the request or the task, these alone."""
    scope = current()
    if scope is not None:
        _current.set(Scope(sites=pks, person=scope.person))
