#!/usr/bin/env python3
"""Writes tokens.json: a key set, and ID tokens, good ones and every kind of bad one.

    python3 testdata/oidc/make_tokens.py > testdata/oidc/tokens.json

Needs python3-cryptography. The keys are new each time and are thrown away. It is always
2026-11-24 09:00 UTC.
"""

import base64
import hashlib
import hmac
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = 1795510800
ISSUER, CLIENT, NONCE = "https://id.example.org", "latchkey", "n-0S6_WzA2Mj"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size):
    return b64(value.to_bytes(size, "big"))


def text(value):
    return json.dumps(value, separators=(",", ":")).encode()


class Rsa:
    algorithm, hash = "RS256", hashes.SHA256()

    def __init__(self, kid, size=2048):
        self.kid, self.private = kid, rsa.generate_private_key(65537, size)
        self.jwk = {"kty": "RSA", "kid": kid, "use": "sig", "e": "AQAB",
                    "n": number(self.private.public_key().public_numbers().n, size // 8)}

    def sign(self, data):
        return self.private.sign(data, padding.PKCS1v15(), self.hash)


class Ec:
    algorithm, hash = "ES256", hashes.SHA256()

    def __init__(self, kid, curve=None, name="P-256", size=32):
        self.kid, self.size, self.private = kid, size, ec.generate_private_key(curve or ec.SECP256R1())
        point = self.private.public_key().public_numbers()
        self.jwk = {"kty": "EC", "kid": kid, "crv": name, "x": number(point.x, size), "y": number(point.y, size)}

    def sign(self, data):
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(self.hash)))
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


class None_:
    algorithm, kid = "none", "rsa"

    def sign(self, data):
        return b""


class Hmac:
    """With what everybody knows as the secret."""
    algorithm, kid = "HS256", "rsa"

    def __init__(self, secret):
        self.secret = secret

    def sign(self, data):
        return hmac.new(self.secret, data, hashlib.sha256).digest()


RSA, OTHER_RSA, WEAK, EC, P384 = Rsa("rsa"), Rsa("rsa"), Rsa("weak", 1024), Ec("ec"), Ec("p384", ec.SECP384R1(), "P-384", 48)
KEYS = [RSA.jwk, EC.jwk, WEAK.jwk, P384.jwk, {**Rsa("enc").jwk, "use": "enc"}, {"kty": "oct", "kid": "oct", "k": "AAAA"}]
PEM = RSA.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def token(key=RSA, header=None, payload=None, signature=None, **claims):
    head = {"alg": key.algorithm, "typ": "JWT", "kid": key.kid, **(header or {})}
    said = {"iss": ISSUER, "sub": "ana-7", "aud": CLIENT, "nonce": NONCE, "iat": NOW - 5, "exp": NOW + 300,
            "email": "ana@example.org", "email_verified": True, "name": "Ana", **claims}
    payload = text({name: value for name, value in said.items() if value is not None}) if payload is None else payload
    data = b64(text({name: value for name, value in head.items() if value is not None})) + "." + b64(payload)
    return data + "." + b64(key.sign(data.encode()) if signature is None else signature)


OK, DENIED, MALFORMED, UNKNOWN = "ok", "permission-denied", "malformed", "not-found"


class Named:
    """The signature of one algorithm under the name of another."""
    def __init__(self, key, algorithm, kid=None):
        self.algorithm, self.kid, self.sign = algorithm, kid or key.kid, key.sign


def with_hash(key, algorithm, digest):
    key.hash = digest
    made = token(Named(key, algorithm))
    key.hash = hashes.SHA256()
    return made


good = token()
CASES = [
    ("Rs256", OK, good),
    ("Es256", OK, token(EC)),
    ("AudienceList", OK, token(aud=[CLIENT])),
    ("AudienceOfTwoWithParty", OK, token(aud=["other", CLIENT], azp=CLIENT)),
    ("WithoutType", OK, token(header={"typ": None})),
    ("WithoutKidAndOneKeyFits", OK, token(EC, header={"kid": None})),
    ("ExpiredWithinTheMinute", OK, token(exp=NOW - 59)),
    ("IssuedWithinTheMinute", OK, token(iat=NOW + 60)),
    ("FractionsOfSeconds", OK, token(iat=NOW - 0.5, exp=NOW + 0.5)),
    ("WithoutEmail", OK, token(email=None, email_verified=None)),
    ("NoneAlgorithm", DENIED, token(None_())),
    ("NoneInCapitals", DENIED, token(None_(), header={"alg": "NONE"})),
    ("NoneWithSignature", DENIED, token(header={"alg": "none"})),
    ("Hs256WithPublicKeyAsPem", DENIED, token(Hmac(PEM))),
    ("Hs256WithPublicKeyAsJwk", DENIED, token(Hmac(text(RSA.jwk)))),
    ("Hs256WithModulus", DENIED, token(Hmac(RSA.jwk["n"].encode()))),
    ("Hs256WithKeyOfTheSet", DENIED, token(Named(Hmac(bytes(3)), "HS256", "oct"))),
    ("Rs256NameOnHmac", DENIED, token(Named(Hmac(PEM), "RS256"))),
    ("Rs512", DENIED, with_hash(RSA, "RS512", hashes.SHA512())),
    ("Rs256NameOnRs512", DENIED, with_hash(RSA, "RS256", hashes.SHA512())),
    ("Es384", DENIED, token(Named(P384, "ES384"))),
    ("Es256OnP384", UNKNOWN, token(Named(P384, "ES256"))),
    ("Rs256NameOnEs256", UNKNOWN, token(Named(EC, "RS256"))),
    ("Es256NameOnRs256", UNKNOWN, token(Named(RSA, "ES256"))),
    ("WeakKey", DENIED, token(WEAK)),
    ("KeyForEncryption", UNKNOWN, token(Named(RSA, "RS256", "enc"))),
    ("UnknownKid", UNKNOWN, token(header={"kid": "new"})),
    ("WithoutKidAndTwoFit", DENIED, token(header={"kid": None})),
    ("SignedByAnother", DENIED, token(OTHER_RSA)),
    ("KeyInHeader", DENIED, token(OTHER_RSA, header={"jwk": OTHER_RSA.jwk})),
    ("KeyAddressInHeader", DENIED, token(OTHER_RSA, header={"jku": "https://evil.example/keys"})),
    ("Critical", DENIED, token(header={"crit": ["exp"]})),
    ("AccessToken", DENIED, token(header={"typ": "at+jwt"})),
    ("NoAlgorithm", MALFORMED, token(header={"alg": None})),
    ("AlgorithmIsList", MALFORMED, token(header={"alg": ["RS256"]})),
    ("OtherIssuer", DENIED, token(iss="https://evil.example")),
    ("IssuerWithSlash", DENIED, token(iss=ISSUER + "/")),
    ("NoIssuer", DENIED, token(iss=None)),
    ("OtherAudience", DENIED, token(aud="other")),
    ("AudienceListWithoutUs", DENIED, token(aud=["other"])),
    ("AudienceEmpty", DENIED, token(aud=[])),
    ("AudienceByPrefix", DENIED, token(aud="latchkey2")),
    ("AudienceIsObject", DENIED, token(aud={"latchkey": 1})),
    ("NoAudience", DENIED, token(aud=None)),
    ("AudienceOfTwo", DENIED, token(aud=[CLIENT, "other"])),
    ("OtherParty", DENIED, token(azp="other")),
    ("Expired", DENIED, token(exp=NOW - 60)),
    ("ExpiredLongAgo", DENIED, token(iat=NOW - 7200, exp=NOW - 3600)),
    ("NoExpiry", DENIED, token(exp=None)),
    ("ExpiryIsText", DENIED, token(exp=str(NOW + 300))),
    ("ExpiryIsHuge", DENIED, token(exp=1e300)),
    ("ExpiryIsNegative", DENIED, token(exp=-1)),
    ("NoIssueTime", DENIED, token(iat=None)),
    ("FromTheFuture", DENIED, token(iat=NOW + 61)),
    ("Old", DENIED, token(iat=NOW - 661)),
    ("NotYetValid", DENIED, token(nbf=NOW + 61)),
    ("NotBeforeIsText", DENIED, token(nbf="x")),
    ("ValidSince", OK, token(nbf=NOW)),
    ("OtherNonce", DENIED, token(nonce="other")),
    ("EmptyNonce", DENIED, token(nonce="")),
    ("NoNonce", DENIED, token(nonce=None)),
    ("NonceIsNumber", DENIED, token(nonce=1)),
    ("NoSubject", DENIED, token(sub=None)),
    ("EmptySubject", DENIED, token(sub="")),
    ("SubjectTooLong", DENIED, token(sub="s" * 256)),
    ("SubjectNotAscii", DENIED, token(sub="an\u00e4")),
    ("SubjectWithLineBreak", DENIED, token(sub="a\nb")),
    ("SubjectIsNumber", DENIED, token(sub=7)),
    ("ClaimTwice", MALFORMED, token(payload=text({"iss": "https://evil.example"})[:-1] + b',"iss":"' + ISSUER.encode() + b'"}')),
    ("PayloadIsNoJson", MALFORMED, token(payload=b"x")),
    ("PayloadIsList", MALFORMED, token(payload=b"[]")),
    ("Empty", MALFORMED, ""),
    ("TwoParts", MALFORMED, good.rsplit(".", 1)[0]),
    ("FourParts", MALFORMED, good + ".x"),
    ("NoSignature", DENIED, good.rsplit(".", 1)[0] + "."),
    ("SignatureCut", DENIED, token(signature=b"x")),
    ("SignatureZeros", DENIED, token(EC, signature=bytes(64))),
    ("SignatureOfDer", DENIED, token(EC, signature=bytes(70))),
    ("HeaderIsNoJson", MALFORMED, "eA." + good.split(".", 1)[1]),
    ("HeaderPadded", MALFORMED, good.replace(".", "=.", 1)),
    ("PayloadChanged", DENIED, ".".join([good.split(".")[0], token(sub="eve").split(".")[1], good.split(".")[2]])),
    ("TooLong", MALFORMED, token(name="x" * 20000)),
]

json.dump({"keys": {"keys": KEYS}, "other_keys": {"keys": [Rsa("later").jwk]},
           "cases": [{"name": name, "want": want, "token": made} for name, want, made in CASES]}, sys.stdout, indent=1)
print()
