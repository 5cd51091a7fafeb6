"""Account numbers as they are kept: sealed with AES-GCM, so that whoever reads the database alone learns nothing."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "1."  # names key and method; a later one stands beside it and still opens what this one sealed
NONCE_BYTES = 12


def seal(text: str, *, secret: str, purpose: str) -> str:
    """The same text sealed twice looks different. What is sealed for one purpose opens for no other."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + _key(secret, purpose).encrypt(nonce, text.encode(), None)
    return VERSION + base64.urlsafe_b64encode(sealed).decode()


def unseal(sealed: str, *, secret: str, purpose: str) -> str:
    """Empty where it was sealed with another secret, or was changed."""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
        return _key(secret, purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        return ""


def _key(secret: str, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"jangnal {purpose}".encode()).derive(secret.encode()))
