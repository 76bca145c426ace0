"""Rows of the intake: an open one, a recorded step, an authorisation, a planned move."""

import uuid
from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from patients import models
from tests.factories.patients import FactOfPatient, OfPatient
from tests.moment import NOW, TODAY


class IntakeFactory(OfPatient):
    class Meta:
        model = models.Intake

    referred_on = TODAY - timedelta(days=12)
    referred_by = "Dr Rita Referrer"
    opened_at = NOW - timedelta(days=10)
    opened_by = factory.SelfAttribute("owner")
    client_key = factory.LazyFunction(uuid.uuid4)


class StepFactory(DjangoModelFactory):
    class Meta:
        model = models.IntakeFact

    site = factory.SelfAttribute("intake.site")
    kind = "evaluated"
    observed_at = NOW - timedelta(days=5)
    recorded_at = factory.SelfAttribute("observed_at")
    recorded_by = factory.SelfAttribute("intake.owner")
    observed_by = factory.SelfAttribute("recorded_by")


class AuthorisationFactory(FactOfPatient):
    class Meta:
        model = models.Authorisation

    payer = "Example Health Plan"
    number = factory.Sequence(lambda n: f"A-{n:05}")
    sessions_granted = 8
    from_on = TODAY - timedelta(days=30)
    until_on = TODAY + timedelta(days=60)


class TransferFactory(OfPatient):
    class Meta:
        model = models.TransferOut

    to_setting = "Otherside Clinic, Exampleton"
    moves_on = TODAY + timedelta(days=10)
    planned_at = NOW
    planned_by = factory.SelfAttribute("owner")
    client_key = factory.LazyFunction(uuid.uuid4)
