"""The lock of a sign-in: kept by the server in the sign-in's own session, never by the browser."""
