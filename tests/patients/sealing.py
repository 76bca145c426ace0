"""Three keys, a patient of words that are looked for, and their cells as they stand."""

from datetime import date
from typing import Any

from django.db import connection

from patients.models import Patient
from tests.cast import TODAY, Cast
from tests.factories.patients import PatientFactory

A, B, C = (("a", b"A" * 32), ("b", b"B" * 32), ("c", b"C" * 32))
CANARY = {"mrn": "CNRY-77123", "address": "9 Gribble Lane", "allergies": "gribbleflask", "status_reason": "told of quillaby"}
PERSON = {
    "first_name": "Thessaly", "last_name": "Wrenquist", "middle_initial": "Q", "birth_on": date(1931, 2, 3), "phone": "+15185557123",
    "email": "wrenquist@sparrow.example",
}  # fmt: skip
WORDS = ("cnry-77123", "gribble", "quillaby", "thessaly", "wrenquist", "1931-02-03", "5185557123", "sparrow.example")


def canary(cast: Cast, **fields: Any) -> Patient:
    return PatientFactory(site=cast.riverside, created_by=cast.desk, **{**CANARY, **fields})


def identifiers(patient: Patient) -> dict[str, str]:
    row = Patient.objects.get(pk=patient.pk)
    return {name: getattr(row, name) for name in CANARY}


def raw(column: str, pk: int, table: str = "patients_patient") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE id = %s', [pk])
        return str(cursor.fetchone()[0])


def put(column: str, pk: int, cell: str, table: str = "patients_patient") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [cell, pk])


def fields_of(person: dict[str, str]) -> dict[str, Any]:
    return {"first_name": "Ann", "last_name": "Bee", "birth_on": TODAY.replace(year=1990), "sex": "female", "mrn": person["mrn"]}
