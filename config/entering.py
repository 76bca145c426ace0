"""How people come in: passphrases, the second factor, and how often somebody may try."""

from typing import Any

SETTINGS: dict[str, Any] = {
    # NIST 800-63B-4: fifteen where a password may stand alone; no rules about signs and digits, no end before 200.
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "config.passphrases.OwnWordsValidator"},
    ],
    # A link to a new password is a key to the house while it lasts.
    "PASSWORD_RESET_TIMEOUT": 60 * 60,
    # From there to the sign-in, or on an enrolled tablet to its locked board.
    "ACCOUNT_LOGOUT_REDIRECT_URL": "home",
    "ACCOUNT_ADAPTER": "config.signin.Adapter",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_SESSION_REMEMBER": False,
    "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
    # Five wrong passwords close one account for five minutes. Per address the limits are wide: a clinic sits behind one router.
    # Whoever finds a sign-in open has no more guesses at its password than at the door.
    "ACCOUNT_RATE_LIMITS": {
        "login": "600/m/ip",
        "login_failed": "100/m/ip,5/300s/key",
        "change_password": "5/300s/user",
        "reauthenticate": "5/300s/user",
    },
    # The second factor. A code holds for its own 30 seconds alone and for one use; recovery codes are shown once.
    "MFA_ADAPTER": "config.factors.Adapter",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_TOTP_TOLERANCE": 0,
    "MFA_TOTP_ISSUER": "Vigil",
    "MFA_RECOVERY_CODES_SHOW_ONCE": True,
    "MFA_FORMS": {
        "login_webauthn": "config.passkey_forms.LoginForm",
        "authenticate_webauthn": "config.passkey_forms.AuthenticateForm",
        "reauthenticate_webauthn": "config.passkey_forms.ReauthenticateForm",
        "add_webauthn": "config.passkey_forms.AddForm",
    },
    # A passkey has no secret to guess, so this limit is wide: a shift behind one router signs in within the same minute.
    "MFA_RATE_LIMITS": {"webauthn_login": "600/m/ip"},
}
