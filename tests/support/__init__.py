"""Real servers for tests: PostgreSQL, Redis protocol, SMTP, and Vigil's own web, worker and beat."""
