"""A certificate authority of one's own, and what it signed for localhost."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PEM = serialization.Encoding.PEM
BEGAN, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def made():
    """PEM of the authority, and PEM of a server's certificate with its key."""
    root, key = (ec.generate_private_key(ec.SECP256R1()) for _n in range(2))
    authority = _signed("Kirihara CA", root, "Kirihara CA", root, x509.BasicConstraints(True, None))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    server = _signed("localhost", key, "Kirihara CA", root, names)
    secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return authority, server + secret.decode()


def _signed(name, key, issuer, issuer_key, extension):
    made = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer))
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(BEGAN).not_valid_after(ENDS).add_extension(extension, critical=True)
    return made.sign(issuer_key, hashes.SHA256()).public_bytes(PEM).decode()


def _name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
