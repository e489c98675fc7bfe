#!/usr/bin/env python3
"""Writes cases.json: answers of an authenticator, good ones and every kind of bad one.

    python3 testdata/webauthn/make_cases.py > testdata/webauthn/cases.json

Needs python3-fido2 (for its CBOR) and python3-cryptography. The keys are new each time and are thrown away.
"""

import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor

PARTY = "latchkey.example.org"
ORIGIN = "https://latchkey.example.org"
CHALLENGE = bytes(range(32))
HANDLE = b"account-of-ana"
ID = b"credential-of-ana"
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size):
    return value.to_bytes(size, "big")


class Es256:
    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        point = self.private.public_key().public_numbers()
        self.cose = {1: 2, 3: -7, -1: 1, -2: number(point.x, 32), -3: number(point.y, 32)}

    def sign(self, data):
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))


class EdDsa:
    def __init__(self):
        self.private = ed25519.Ed25519PrivateKey.generate()
        raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.cose = {1: 1, 3: -8, -1: 6, -2: raw}

    def sign(self, data):
        return self.private.sign(data)


class Rs256:
    def __init__(self, size=2048):
        self.private = rsa.generate_private_key(65537, size)
        modulus = self.private.public_key().public_numbers().n
        self.cose = {1: 3, 3: -257, -1: number(modulus, size // 8), -2: b"\x01\x00\x01"}

    def sign(self, data):
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


KEY, OTHER, EDDSA, RSA = Es256(), Es256(), EdDsa(), Rs256()


def client_data(kind, **changes):
    fields = {"type": f"webauthn.{kind}", "challenge": b64(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}
    fields.update(changes)
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


def authenticator_data(flags, count, party=PARTY, credential=b"", tail=b""):
    return hashlib.sha256(party.encode()).digest() + bytes([flags]) + struct.pack(">I", count) + credential + tail


def attested(cose, identifier=ID, claimed_size=None):
    size = len(identifier) if claimed_size is None else claimed_size
    return bytes(16) + struct.pack(">H", size) + identifier + (cose if isinstance(cose, bytes) else cbor.encode(cose))


def registration(name, want, *, cose=None, flags=UP | UV | AT, count=0, client=None, identifier=ID, outer=None,
                 data=None, attestation=None, party=PARTY, tail=b"", edit=None, **case):
    credential = attested(KEY.cose if cose is None else cose, identifier)
    data = authenticator_data(flags, count, party, credential, tail) if data is None else data
    attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data}) if attestation is None else attestation
    shown = b64(identifier if outer is None else outer)
    answer = {
        "id": shown,
        "rawId": shown,
        "type": "public-key",
        "response": {
            "clientDataJSON": b64(client_data("create") if client is None else client),
            "attestationObject": b64(attestation),
            "transports": ["internal", "telepathy", "internal", "hybrid"],
        },
    }
    if edit:
        edit(answer)
    return {"name": name, "want": want, "credential": answer, **case}


def assertion(name, want, *, key=KEY, signer=None, flags=UP | UV, count=8, known_count=7, client=None, party=PARTY,
              identifier=ID, known_id=ID, handle=HANDLE, allowed=(), tail=b"", signature=None, edit=None,
              cose=None, **case):
    client = client_data("get") if client is None else client
    data = authenticator_data(flags, count, party, tail=tail)
    if signature is None:
        signature = (signer or key).sign(data + hashlib.sha256(client).digest())
    answer = {
        "id": b64(identifier),
        "rawId": b64(identifier),
        "type": "public-key",
        "response": {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": None if handle is None else b64(handle),
        },
    }
    if edit:
        edit(answer)
    known = {
        "id": b64(known_id),
        "public_key": b64(cbor.encode(key.cose) if cose is None else cose),
        "sign_count": known_count,
        "user_handle": b64(HANDLE),
    }
    return {"name": name, "want": want, "credential": answer, "known": known,
            "allowed": [b64(entry) for entry in allowed], **case}


def without(*path):
    def edit(answer):
        for name in path[:-1]:
            answer = answer[name]
        del answer[path[-1]]
    return edit


def put(value, *path):
    def edit(answer):
        for name in path[:-1]:
            answer = answer[name]
        answer[path[-1]] = value
    return edit


OK, DENIED, MALFORMED, ARGUMENT = "ok", "permission-denied", "malformed", "invalid-argument"
LIMIT, CLONE = "limit-exceeded", "tampered"


def changed(cose, label, value):
    return {**cose, label: value}


def client_cases(make, kind, other):
    """What is the same for both: sections 7.1 steps 5 to 11 and 7.2 steps 10 to 14."""
    def bad(name, want=DENIED, **changes):
        return make(name, want, client=client_data(kind, **changes))
    return [
        bad("OtherType", type=f"webauthn.{other}"),
        bad("NoType", type=None),
        bad("OtherChallenge", challenge=b64(bytes(32))),
        bad("ShortChallenge", challenge=b64(CHALLENGE[:31])),
        bad("PaddedChallenge", challenge=b64(CHALLENGE) + "="),
        bad("EmptyChallenge", challenge=""),
        bad("NoChallenge", challenge=None),
        bad("ChallengeIsNumber", challenge=1),
        bad("OtherOrigin", origin="https://evil.example.org"),
        bad("OriginBySubdomain", origin="https://x.latchkey.example.org"),
        bad("OriginByPrefix", origin="https://latchkey.example.org.evil.example"),
        bad("OriginWithPort", origin="https://latchkey.example.org:8443"),
        bad("OriginWithSlash", origin="https://latchkey.example.org/"),
        bad("OriginOverHttp", origin="http://latchkey.example.org"),
        bad("OriginInCapitals", origin="https://Latchkey.example.org"),
        bad("NoOrigin", origin=None),
        bad("CrossOrigin", crossOrigin=True),
        bad("CrossOriginIsText", crossOrigin="false"),
        bad("TopOrigin", topOrigin="https://evil.example"),
        bad("ClientDataPadded", LIMIT, padding="x" * 4096),
        make("WithoutCrossOrigin", OK, client=client_data(kind, crossOrigin=None)),
        make("WithUnknownMember", OK, client=client_data(kind, extra_keys_may_be_added="here")),
        make("ClientDataTwice", MALFORMED, client=client_data(kind)[:-1] + b',"origin":"https://evil.example"}'),
        make("ClientDataNoJson", MALFORMED, client=b"x"),
        make("ClientDataList", MALFORMED, client=b"[]"),
        make("ClientDataBom", MALFORMED, client=b"\xef\xbb\xbf" + client_data(kind)),
        make("NoClientData", MALFORMED, edit=without("response", "clientDataJSON")),
        make("ClientDataNotBase64", MALFORMED, edit=put("?", "response", "clientDataJSON")),
        make("NoId", MALFORMED, edit=without("id")),
        make("NoRawId", MALFORMED, edit=without("rawId")),
        make("EmptyId", MALFORMED, edit=lambda answer: answer.update(id="", rawId="")),
        make("RawIdDiffers", MALFORMED, edit=put(b64(b"other"), "rawId")),
        make("TypeOfCredential", MALFORMED, edit=put("password", "type")),
        make("NoResponse", MALFORMED, edit=without("response")),
        make("ResponseIsText", MALFORMED, edit=put("x", "response")),
    ]


def flag_cases(make, at=0):
    """Sections 7.1 steps 14 to 18 and 7.2 steps 15 to 19."""
    return [
        make("OtherParty", DENIED, party="evil.example"),
        make("NobodyPresent", DENIED, flags=UV | at),
        make("NotVerified", DENIED, flags=UP | at),
        make("NotVerifiedButPreferred", OK, flags=UP | at, user_verification="preferred"),
        make("NobodyPresentButPreferred", DENIED, flags=UV | at, user_verification="preferred"),
        make("BackedUp", OK, flags=UP | UV | BE | BS | at),
        make("BackedUpButNotEligible", DENIED, flags=UP | UV | BS | at),
        make("Extensions", OK, flags=UP | UV | ED | at, tail=cbor.encode({"credProtect": 2})),
        make("ExtensionsMissing", MALFORMED, flags=UP | UV | ED | at),
        make("ExtensionsAreNoMap", MALFORMED, flags=UP | UV | ED | at, tail=cbor.encode([1])),
        make("Trailing", MALFORMED, tail=b"\0"),
    ]


def registrations():
    whole = cbor.encode({"fmt": "none", "attStmt": {}, "authData": authenticator_data(UP | UV | AT, 0, PARTY, attested(KEY.cose))})
    packed = {"alg": -7, "sig": bytes(70), "x5c": [bytes(600)]}
    data = authenticator_data(UP | UV | AT, 0, PARTY, attested(KEY.cose))

    def statement(value, fmt="packed"):
        return cbor.encode({"fmt": fmt, "attStmt": value, "authData": data})

    return [
        registration("Es256", OK, count=3),
        registration("EdDsa", OK, cose=EDDSA.cose),
        registration("Rs256", OK, cose=RSA.cose),
        registration("OtherAttestationIgnored", OK, attestation=statement(packed)),
        registration("LongestId", OK, identifier=b"i" * 1023),
        *client_cases(registration, "create", "get"),
        *flag_cases(registration, AT),
        registration("IdTooLong", MALFORMED, identifier=b"i" * 1024),
        registration("IdInsideDiffers", DENIED, outer=b"other"),
        registration("NoCredential", MALFORMED, data=authenticator_data(UP | UV, 0)),
        registration("CredentialCut", MALFORMED, data=data[:60]),
        registration("CredentialIdBeyondEnd", MALFORMED,
                     data=authenticator_data(UP | UV | AT, 0, PARTY, attested(KEY.cose, ID, 60000))),
        registration("AuthenticatorDataCut", MALFORMED, data=data[:36]),
        registration("AuthenticatorDataEmpty", MALFORMED, data=b""),
        registration("Es384", ARGUMENT, cose=changed(changed(KEY.cose, 3, -35), -1, 2)),
        registration("Rs1", ARGUMENT, cose=changed(RSA.cose, 3, -65535)),
        registration("UnknownAlgorithm", ARGUMENT, cose=changed(KEY.cose, 3, -99)),
        registration("NoAlgorithm", MALFORMED, cose={1: 2, -1: 1, -2: bytes(32), -3: bytes(32)}),
        registration("OtherCurve", MALFORMED, cose=changed(KEY.cose, -1, 2)),
        registration("PointNotOnCurve", MALFORMED, cose=changed(KEY.cose, -3, bytes(32))),
        registration("CoordinateShort", MALFORMED, cose=changed(KEY.cose, -2, bytes(31))),
        registration("CoordinateMissing", MALFORMED, cose={1: 2, 3: -7, -1: 1, -2: KEY.cose[-2]}),
        registration("KeyTypeOfAnother", MALFORMED, cose=changed(KEY.cose, 1, 3)),
        registration("EdDsaOtherCurve", MALFORMED, cose=changed(EDDSA.cose, -1, 7)),
        registration("EdDsaShort", MALFORMED, cose=changed(EDDSA.cose, -2, bytes(31))),
        registration("Rsa1024", MALFORMED, cose=Rs256(1024).cose),
        registration("RsaExponent3", MALFORMED, cose=changed(RSA.cose, -2, b"\x03")),
        registration("RsaLeadingZero", MALFORMED, cose=changed(RSA.cose, -1, bytes(1) + RSA.cose[-1][1:])),
        registration("KeyIsNoMap", MALFORMED, cose=cbor.encode([1])),
        registration("KeyLabelTwice", MALFORMED, cose=b"\xa3\x01\x02\x03\x26\x03\x26"),
        registration("Attestation64KiB", LIMIT, attestation=statement({"sig": bytes(65536)})),
        registration("AttestationJustTooLong", LIMIT, attestation=statement({"sig": bytes(16 * 1024)})),
        registration("AttestationLong", OK, attestation=statement({"sig": bytes(15 * 1024)})),
        registration("AttestationTrailing", MALFORMED, attestation=whole + b"\0"),
        registration("AttestationCut", MALFORMED, attestation=whole[:-1]),
        registration("AttestationEmpty", MALFORMED, attestation=b""),
        registration("AttestationDeep", MALFORMED, attestation=b"\x81" * 10000),
        registration("AttestationHuge", MALFORMED, attestation=b"\xbb" + b"\xff" * 8),
        registration("AttestationMemberTwice", MALFORMED,
                     attestation=b"\xa3" + whole[1:10] + whole[1:10] + b"\x67attStmt\xa0"),
        registration("StatementIsNoMap", MALFORMED, attestation=statement([])),
        registration("NoFormat", MALFORMED, attestation=cbor.encode({"attStmt": {}, "authData": data})),
        registration("NoAttestation", MALFORMED, edit=without("response", "attestationObject")),
    ]


def assertions():
    return [
        assertion("Es256", OK),
        assertion("EdDsa", OK, key=EDDSA),
        assertion("Rs256", OK, key=RSA),
        assertion("NeverCounts", OK, count=0, known_count=0),
        assertion("FirstCount", OK, count=1, known_count=0),
        assertion("AskedForById", OK, allowed=[b"another", ID], handle=None),
        assertion("EmptyHandleWhereAsked", DENIED, allowed=[ID], handle=b""),
        *client_cases(assertion, "get", "create"),
        *flag_cases(assertion),
        assertion("CountStandsStill", CLONE, count=7),
        assertion("CountGoesBack", CLONE, count=6),
        assertion("CountGoesToZero", CLONE, count=0),
        assertion("CountGoesBackAndForged", DENIED, count=6, signer=OTHER),
        assertion("OtherUsersCredential", DENIED, known_id=b"credential-of-bob"),
        assertion("NotAskedFor", DENIED, allowed=[b"another"]),
        assertion("OtherUsersHandle", DENIED, handle=b"account-of-bob"),
        assertion("NoHandleWhereNobodyWasAsked", DENIED, handle=None),
        assertion("SignedByAnother", DENIED, signer=OTHER),
        assertion("SignedByAnotherKind", DENIED, signer=EDDSA),
        assertion("SignatureEmpty", DENIED, signature=b""),
        assertion("SignatureZeros", DENIED, signature=bytes(70)),
        assertion("SignatureLong", LIMIT, signature=bytes(5000)),
        assertion("ReplayedOverNewData", DENIED, count=9, signature=KEY.sign(
            authenticator_data(UP | UV, 8) + hashlib.sha256(client_data("get")).digest())),
        assertion("NoSignature", MALFORMED, edit=without("response", "signature")),
        assertion("NoAuthenticatorData", MALFORMED, edit=without("response", "authenticatorData")),
        assertion("AuthenticatorDataNotBase64", MALFORMED, edit=put("A", "response", "authenticatorData")),
        assertion("AuthenticatorDataLong", LIMIT, edit=put("A" * 6000, "response", "authenticatorData")),
        assertion("HandleIsNumber", MALFORMED, edit=put(1, "response", "userHandle")),
        assertion("StoredKeyIsNone", MALFORMED, cose=b"x"),
    ]


json.dump({"registrations": registrations(), "assertions": assertions()}, sys.stdout, indent=1)
print()
