"""What is right and wrong about a configuration: pure judgements over plain values, each with what to do."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from config.operating.asking import BAD, GOOD, WARN, Finding

MOST_DRIFT, MUCH_DRIFT = timedelta(seconds=2), timedelta(seconds=30)
INVENTED = ("example", "example.com", "example.org", "example.net", "invalid", "localhost", "test")


def secret(key: str, *, is_production: bool) -> Finding:
    """Its strength alone; never a character of it."""
    if not is_production:
        return Finding(WARN, "the known one of demonstrations", "Never show a real patient here: set VIGIL_MODE=production and VIGIL_SECRET_KEY.")
    if len(key) < 50 or len(set(key)) < 16:
        return Finding(BAD, f"weak: {len(key)} characters, {len(set(key))} different", "Make another: openssl rand -base64 48.")
    return Finding(GOOD, f"{len(key)} characters, {len(set(key))} different")


def old_secrets(count: int) -> Finding:
    if count:
        return Finding(WARN, f"{count} old keys are still believed", "Empty VIGIL_OLD_SECRET_KEYS once nobody needs links made under them.")
    return Finding(GOOD, "none is believed any more")


def origin(address: str, hosts: Sequence[str], *, is_production: bool) -> Finding:
    host = urlsplit(address).hostname or ""
    if "*" in hosts:
        return Finding(BAD, "any host name is answered", "Name the hosts in VIGIL_ALLOWED_HOSTS.")
    if host not in hosts and not any(one.startswith(".") and f".{host}".endswith(one) for one in hosts):
        return Finding(BAD, f"{host} is not among the hosts that are answered", "Add it to VIGIL_ALLOWED_HOSTS: links in messages lead there.")
    if is_production and is_invented(host):
        return Finding(BAD, f"{address} is no real address", "Set VIGIL_ORIGIN to the clinic’s own: patients’ links begin with it.")
    return Finding(GOOD, address)


def is_invented(host: str) -> bool:
    return any(host == word or host.endswith(f".{word}") for word in INVENTED)


def tls(*, is_production: bool, arrives_secure: bool, proxies: int, hsts: int) -> Finding:
    """As this very request came: whoever reads the page by plain HTTP sees that it is plain."""
    if not is_production:
        return Finding(WARN, "off in this mode", "Fine on this machine alone; for real: VIGIL_MODE=production behind a TLS proxy.")
    if not arrives_secure:
        return Finding(BAD, "this request came without TLS", "The proxy must set X-Forwarded-Proto, and VIGIL_PROXIES must say how many there are.")
    if not hsts:
        return Finding(BAD, "browsers are not told to stay with TLS", "SECURE_HSTS_SECONDS is 0: who changed the settings?")
    return Finding(GOOD, f"this request came by TLS through {proxies} {'proxy' if proxies == 1 else 'proxies'}; secure cookies, HSTS")


def row_security(*, is_on: bool, has_role: bool, is_owner: bool) -> Finding:
    """Of PostgreSQL. A login that owns the tables takes on the role of pages by itself, and could put it off; one that owns nothing needs it."""
    logins = "docs/operating.md, “Two logins of PostgreSQL”"
    if not is_on and not is_owner:
        return Finding(BAD, "off, but this login sees rows by it alone", f"Take VIGIL_ROW_SECURITY=no away, or give the owner’s login ({logins}).")
    if not is_on:
        return Finding(WARN, "off: the application alone keeps sites apart", f"Take VIGIL_ROW_SECURITY=no away ({logins}).")
    if not has_role:
        return Finding(
            BAD, "on, but this login can’t do a page’s work by the role of pages", f"Run manage.py migrate as the tables’ owner ({logins})."
        )
    if is_owner:
        return Finding(
            WARN, "on; but this login owns the tables and could put it off", f"Give web, worker and beat the login that owns nothing ({logins})."
        )
    return Finding(GOOD, "on; this login owns nothing")


def fields(standing: Mapping[str, int], newest: str) -> Finding:
    """What stands sealed, in clear or by keys that nobody here has, against what is written now."""
    if standing.get("unknown"):
        return Finding(
            BAD,
            f"{standing['unknown']} cells are sealed by a key that isn’t named here",
            "Put it back into VIGIL_FIELD_KEYS: those cells can’t be read.",
        )
    behind = sum(count for key_id, count in standing.items() if key_id != newest)
    if behind:
        return Finding(WARN, f"{behind} cells are not as VIGIL_FIELD_KEYS wants them now", "Run manage.py rotate_fields (docs/operating.md).")
    if newest == "plain":
        return Finding(GOOD, "off: the disk’s encryption and the backups’ keep them (docs/adr/0033)")
    return Finding(GOOD, f"on, all by the key {newest}")


def sender(address: str, *, is_production: bool) -> Finding:
    host = address.rpartition("@")[2].rstrip(">")
    if is_production and (not host or is_invented(host)):
        return Finding(BAD, f"{address} is no real sender", "Set VIGIL_MAIL_FROM to an address whose SPF and DKIM allow this mail server.")
    return Finding(GOOD, address)


def drift(between: timedelta) -> Finding:
    """Two hours are counted by the web's clock and stored by the database: they must agree."""
    seconds = abs(between.total_seconds())
    words = f"{seconds:.1f} s apart"
    if seconds > MUCH_DRIFT.total_seconds():
        return Finding(BAD, words, "Run NTP (chrony, systemd-timesyncd) on both machines: times on record are wrong.")
    if seconds > MOST_DRIFT.total_seconds():
        return Finding(WARN, words, "Run NTP on both machines.")
    return Finding(GOOD, words)


def migrations(names: Sequence[str]) -> Finding:
    if names:
        return Finding(BAD, f"{len(names)} not applied: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}", "Run manage.py migrate.")
    return Finding(GOOD, "all applied")


def guards(names: Sequence[str]) -> Finding:
    if names:
        return Finding(
            BAD, f"{len(names)} missing, such as {names[0]}", "Run manage.py migrate: it puts every guard back. Then ask who took them away."
        )
    return Finding(GOOD, "all stand: history can’t be changed, no row points into another site")


def debug(is_on: bool) -> Finding:
    return Finding(BAD, "on: pages of faults show everything", "Nobody needs it: take it out of the settings.") if is_on else Finding(GOOD, "off")
