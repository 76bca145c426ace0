"""How a token is stored: by its digest alone, so that a copy of the database opens nothing."""

import hashlib


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
