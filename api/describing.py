"""The checked-in description of the interface, as its page shows it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
COLOURS = {"get": "blue", "post": "green", "put": "orange", "patch": "orange"}
HEADINGS = {
    "who": "Who is asking", "partnerships": "Partnerships, figures and reports", "agencies": "Agencies",
    "role_groups": "Role groups", "staff": "Staff", "courses": "Courses", "requirements": "Requirements",
    "records": "Training records", "sessions": "Training sessions", "bookings": "Places at sessions",
    "meetings": "Meetings",
    "attendance": "Attendance", "attendance_names": "Attendance by name", "missed_duties": "What was missed",
    "escalations": "Escalations", "history": "History",
}


@lru_cache
def text() -> bytes:
    return DOCUMENT.read_bytes()


@lru_cache
def groups() -> list[dict[str, Any]]:
    """The operations by subject, in the order of HEADINGS."""
    document = json.loads(text())
    found: dict[str, list] = {name: [] for name in HEADINGS}
    for path, methods in document["paths"].items():
        subject = path.removeprefix("/api/v1/").split("/")[0].replace("-", "_")
        for method in METHODS:
            if method in methods:
                found[subject].append(operation(document, path, method, methods[method]))
    return [{"title": HEADINGS[name], "name": name, "operations": ones} for name, ones in found.items() if ones]


def operation(document: dict, path: str, method: str, described: dict) -> dict[str, Any]:
    answer = next(one for status, one in described["responses"].items() if status.startswith("2"))
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "method": method.upper(), "colour": COLOURS[method], "path": path, "id": described["operationId"],
        "about": described.get("description", ""),
        "parameters": [parameter(one) for one in described.get("parameters", [])],
        "fields": fields(document, body.get("schema", {})), "body": example(body),
        "answer": example(answer.get("content", {}).get("application/json", {})),
    }


def parameter(one: dict) -> list[Any]:
    needed = "needed" if one.get("required") else ""
    return [
        {"text": one["name"], "header": True}, {"path": "address", "query": "question", "header": "header"}[one["in"]],
        kind(one["schema"]), " ".join(filter(None, [one.get("description", ""), f"({needed})" if needed else ""])),
    ]


def fields(document: dict, schema: dict) -> list[list[Any]]:
    """The fields of a body, those of the rows in it below their own name."""
    found, needed = [], set(resolved(document, schema).get("required", ()))
    for name, one in resolved(document, schema).get("properties", {}).items():
        about = one.get("description", "")
        found.append([
            {"text": name, "header": True}, kind(resolved(document, one)),
            " ".join(filter(None, [about, "(needed)" if name in needed else ""])),
        ])
        if "items" in one and "$ref" in one["items"]:
            inner = fields(document, one["items"])
            found += [[{"text": f"{name} › {row[0]['text']}", "header": True}, *row[1:]] for row in inner]
    return found


def resolved(document: dict, schema: dict) -> dict:
    """A schema by its name, or the first of several that is not empty."""
    if "$ref" in schema:
        return resolved(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return resolved(document, schema[several][0])
    return schema


def kind(schema: dict) -> str:
    """What a value is, in words."""
    if "enum" in schema:
        return "one of " + ", ".join(str(one) or "empty" for one in schema["enum"])
    of = schema.get("type", "")
    words = " or ".join(of) if isinstance(of, list) else of
    if schema.get("format") in ("date", "date-time"):
        words = words.replace("string", {"date": "day", "date-time": "moment"}[schema["format"]])
    return words


def example(content: dict) -> str:
    """The example of a body or an answer, written as JSON."""
    found = next(iter(content.get("examples", {}).values()), None)
    return json.dumps(found["value"], indent=2, ensure_ascii=False) if found else ""
