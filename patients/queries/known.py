"""Who is at a site already, for the check of an import: in two queries."""

from datetime import date

from clinic.models import Site
from patients.models import Patient


def known_mrns(site: Site) -> set[str]:
    return set(Patient.objects.filter(site=site).values_list("mrn", flat=True))


def known_people(site: Site) -> set[tuple[str, date]]:
    """Folded name and birth date of everybody at the site; a middle initial is left out of the comparison."""
    return {(without_initial(name), birth_on) for name, birth_on in Patient.objects.filter(site=site).values_list("name_folded", "birth_on")}


def without_initial(name_folded: str) -> str:
    return name_folded[:-2] if len(name_folded) > 2 and name_folded[-2] == " " else name_folded
