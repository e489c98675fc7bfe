"""Asks the gate as each proxy does."""

import json

from support.http import exchange

# Which of (method, uri, host, client) each dialect says in which header.
FIELDS = {
    "nginx": ("X-Original-Method", "X-Original-URI", "X-Original-Host", "X-Real-IP"),
    "caddy": ("X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Host", "X-Forwarded-For"),
    "traefik": ("X-Forwarded-Method", "X-Forwarded-Uri", "X-Forwarded-Host", "X-Forwarded-For"),
    "haproxy": ("X-Haproxy-Method", "X-Haproxy-Uri", "X-Haproxy-Host", "X-Haproxy-Client"),
}
DIALECTS = (*FIELDS, "envoy")

# Three operations, one of them open to anybody.
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "notes", "version": "1"},
    "security": [{"oauth2": ["read:notes"]}],
    "paths": {
        "/public/{page}": {"get": {"responses": {}}},
        "/open": {"get": {"security": [], "responses": {}}},
        "/admin/secrets": {
            "get": {"security": [{"oauth2": ["admin:notes"]}], "responses": {}},
            "delete": {"security": [{"oauth2": ["admin:notes"]}], "responses": {}},
        },
    },
    "components": {
        "securitySchemes": {
            "oauth2": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://example.com/token",
                        "scopes": {"read:notes": "Read notes", "admin:notes": "See secrets"},
                    }
                },
            }
        }
    },
}


def add_notes(world):
    """The app `notes`, with DOCUMENT."""
    path = world.directory / "notes.json"
    path.write_text(json.dumps(DOCUMENT))
    world.cli.ok("app", "add", "notes", "--openapi", str(path))


def question(dialect, method, uri, authorization=None, app="notes", fields=(), client="192.0.2.7"):
    """The bytes, as text in latin-1. `fields` are those that the client sent and the proxy passed on."""
    lines = []
    if dialect == "envoy":
        start = f"{method} /gate/{app}/envoy{uri} HTTP/1.1"
    else:
        start = f"GET /gate/{app}/{dialect} HTTP/1.1"
        values = (method, uri, "api.example.com", client)
        lines = [f"{name}: {value}" for name, value in zip(FIELDS[dialect], values)]
    if authorization:
        lines.append(f"Authorization: {authorization}")
    return "\r\n".join([start, "Host: gate", *fields, *lines]) + "\r\n\r\n"


def ask(address, dialect, method, uri, authorization=None, **more):
    raw = question(dialect, method, uri, authorization, **more)
    return exchange(address, raw.encode("latin-1")).first


def true_status(answer):
    """What nginx's configuration makes of it for the client."""
    return int(answer.get("X-Latchkey-Status") or answer.status)
