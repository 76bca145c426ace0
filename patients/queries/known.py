"""Who is at a site already, for the check of an import: in two queries."""

from datetime import date

from django.db.models import Q

from clinic.cells import Stored, indexes_of
from clinic.fields import opened_values
from clinic.models import Site
from patients.models import Patient

MRN_INDEX = Patient._meta.get_field("mrn_index")


def known_mrns(site: Site) -> set[str]:
    return {mrn for _, mrn in opened_values(Patient.objects.filter(site=site), "mrn")}


def mrn_is_taken(site: Site, mrn: str, *, other_than: int | None = None) -> bool:
    """By a row that is sealed by whichever key, or not at all; among rows of one key, and where there are no keys, the database forbids it by itself."""
    indexes = indexes_of(mrn, **MRN_INDEX.place(site.pk))
    if not indexes:
        return False
    is_same = Q(mrn_index__in=indexes) | Q(mrn=Stored(mrn))
    return Patient.objects.filter(is_same, site=site).exclude(pk=other_than or 0).exists()


def known_people(site: Site) -> set[tuple[str, date]]:
    """Folded name and birth date of everybody at the site; a middle initial is left out of the comparison."""
    people = opened_values(Patient.objects.filter(site=site), "name_folded", "birth_on")
    return {(without_initial(name), birth_on) for _, name, birth_on in people}


def without_initial(name_folded: str) -> str:
    return name_folded[:-2] if len(name_folded) > 2 and name_folded[-2] == " " else name_folded
