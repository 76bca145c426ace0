"""People who sign in, the sites they belong to, and their training (SET-3, SET-10)."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from clinic.roles import Credential, Role


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One person, known by e-mail; what they may do hangs on their memberships."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField("e-mail", unique=True)
    printed_name = models.CharField(max_length=120, help_text="As it stands under a signature.")
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["printed_name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once_any_case", violation_error_message="Somebody signs in with that e-mail already."
            )
        ]

    def __str__(self) -> str:
        return self.printed_name or self.email

    def get_full_name(self) -> str:
        return self.printed_name

    def get_short_name(self) -> str:
        return self.printed_name


class Membership(models.Model):
    """A person's place in a site: one role, one credential."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    credential = models.CharField(max_length=12, choices=Credential, default=Credential.NONE)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user__printed_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "user"], name="membership_once_per_site", violation_error_message="This person already belongs to the site."
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, ended_at__isnull=True) | Q(is_active=False, ended_at__isnull=False), name="membership_ended_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Training(models.Model):
    """A training that a member of staff has on record (SET-3); an empty end means that it doesn't lapse."""

    class Kind(models.TextChoices):
        REMS = "rems", "SPRAVATO REMS training"
        LIFE_SUPPORT = "life_support", "Basic life support"
        EMERGENCY_DRILL = "drill", "Emergency drill"
        OTHER = "other", "Other"

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="trainings")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="trainings")
    kind = models.CharField(max_length=16, choices=Kind)
    completed_on = models.DateField("completed on")
    expires_on = models.DateField("valid until", null=True, blank=True)
    client_key = models.UUIDField(null=True, blank=True, unique=True, help_text="Of the post that made it: a retry has one effect.")
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-completed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=models.F("completed_on")),
                name="training_ends_after_start",
                violation_error_message="A training can't lapse before it was completed.",
            )
        ]


class Invitation(models.Model):
    """A place in a site that waits for its person; the token is stored hashed and expires."""

    site = models.ForeignKey("clinic.Site", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail")
    printed_name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role)
    credential = models.CharField(max_length=12, choices=Credential, default=Credential.NONE)
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True) | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_has_both",
            )
        ]
