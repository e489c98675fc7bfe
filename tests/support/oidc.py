"""A small OpenID provider: enough of one to sign in at, and to answer wrongly on purpose."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def encode(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class OidcProvider:
    """`with OidcProvider() as provider:`; `provider.person` signs in there."""

    client_id = "latchkey"

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person = {"sub": "person-1", "email": "ana@example.org", "email_verified": True}
        self.claims = {}
        self.codes = {}
        self.hanging = None  # an Event: answers wait for it
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, document, status=200):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if provider.hanging:
                    provider.hanging.wait()
                documents = {"/.well-known/openid-configuration": provider.metadata, "/keys": provider.keys}
                make = documents.get(self.path)
                self.answer(make() if make else {}, 200 if make else 404)

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.answer(*provider.token({name: values[0] for name, values in form.items()}))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def metadata(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "scopes_supported": ["openid", "email", "profile"],
        }

    def keys(self):
        numbers = self.key.public_key().public_numbers()
        modulus = encode(numbers.n.to_bytes(256, "big"))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": modulus, "e": "AQAB"}]}

    def authorize(self, location):
        """What a person does there: the code and the state that the browser comes back with."""
        asked = {name: values[0] for name, values in parse_qs(urlparse(location).query).items()}
        assert location.startswith(self.issuer + "/authorize?")
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return code, asked["state"]

    def token(self, form):
        asked = self.codes.pop(form.get("code"), None)
        challenge = encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        if "max_age" in asked:
            claims["auth_time"] = now
        said = claims | self.person | self.claims
        token = self.sign({name: value for name, value in said.items() if value is not None})
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": token}, 200

    def sign(self, claims):
        head = encode(json.dumps({"alg": "RS256", "kid": "k1"}).encode())
        text = f"{head}.{encode(json.dumps(claims).encode())}"
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encode(signature)}"
