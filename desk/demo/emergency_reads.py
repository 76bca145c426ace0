"""The demonstration's emergency read: Hillcrest's nurse opened a chart of Riverside, and nobody has reviewed it yet."""

import uuid
from datetime import datetime

from clinic.models import Membership, Site
from clinic.roles import Role
from clinic.signatures import IdentityProof
from patients.actions.emergency_reads import Wanted, open_chart
from patients.models import EmergencyRead, Patient

WHY = "Found dizzy in our car park, cannot name her medicines."


def open_one(*, now: datetime) -> None:
    """Once."""
    if EmergencyRead.objects.exists():
        return
    reader = Membership.objects.filter(site__slug="hillcrest", is_active=True, role=Role.MONITOR).select_related("user", "site").order_by("pk")[0]
    site = Site.objects.get(slug="riverside")
    patient = (
        Patient.objects.filter(site=site, status=Patient.Status.PAUSED).order_by("pk").first() or Patient.objects.filter(site=site).order_by("pk")[0]
    )
    wanted = Wanted(site, patient.last_name, patient.birth_on, WHY)
    open_chart(reader, wanted, proof=IdentityProof(user=reader.user, method="password"), client_key=uuid.uuid4(), now=now)
