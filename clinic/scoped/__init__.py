"""Django's PostgreSQL engine, whose transactions begin with the scope of clinic.scope."""
