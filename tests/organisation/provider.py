"""An organisation's sign-in, as small as it can be: real HTTP on a free port, identities really signed."""

import base64
import hashlib
import hmac
import http.server
import json
import secrets
import threading
import time
import urllib.parse

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "kurslog-fabelby", "en opdigtet hemmelighed"


class Provider:
    """Signs in whoever comes, as ``claims`` says; a test breaks one thing at a time."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.claims = {"sub": "mia-17", "email": "mia@fabelby.example", "email_verified": True, "name": "Mia Fiktiv"}
        self.signed = self.sign
        self.asked, self.codes, self.moved = [], {}, None
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(self.path)
                parts = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(parts.query))
                if provider.moved:
                    return self.give(b"", 302, Location=provider.moved)
                if parts.path == "/.well-known/openid-configuration":
                    return self.give(provider.document())
                if parts.path == "/keys":
                    return self.give(KeySet([provider.key]).as_dict(private=False))
                code = secrets.token_hex(8)
                provider.codes[code] = query
                back = urllib.parse.urlencode({"code": code, "state": query["state"], "iss": provider.issuer})
                return self.give(b"", 302, Location=f"{query['redirect_uri']}?{back}")

            def do_POST(self):
                provider.asked.append(self.path)
                typed = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(typed))
                begun = provider.codes.pop(form.get("code"), None)
                self.give(*provider.token(begun, form, self.headers.get("Authorization", "")))

            def give(self, what, status=200, **headers):
                body = what if isinstance(what, bytes) else json.dumps(what).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def document(self):
        at = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer, **{name: self.issuer + path for name, path in at.items()}}

    def token(self, begun, form, authorization):
        """Give an identity for a code that was asked for with this verifier, by this client, to this address."""
        known = base64.b64encode(f"{CLIENT}:{urllib.parse.quote_plus(SECRET)}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = encoded(digest)
        fits = (
            begun
            and authorization in {f"Basic {known}", f"Basic {plain}"}
            and (begun["code_challenge"], begun["code_challenge_method"]) == (challenge, "S256")
            and begun["redirect_uri"] == form["redirect_uri"]
        )
        if not fits:
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.signed({**claims, **self.claims})}, 200

    def sign(self, claims):
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def sign_with_nothing(self, claims):
        return f"{unsigned('none', claims)}."

    def sign_with_what_everybody_knows(self, claims):
        text, public = unsigned("HS256", claims), self.key.as_pem(private=False)
        return f"{text}.{encoded(hmac.digest(public, text.encode(), 'sha256'))}"

    def sign_with_another_key(self, claims):
        other = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, other)


def unsigned(algorithm, claims):
    return ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": "k1"}, claims))


def encoded(what):
    return base64.urlsafe_b64encode(what).rstrip(b"=").decode()
