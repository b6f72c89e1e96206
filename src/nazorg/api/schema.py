"""What `/api/v1/openapi.json` says beyond the functions' own types: errors, idempotency, limits, one name for one shape."""

from __future__ import annotations

from ninja.openapi.schema import OpenAPISchema

PROBLEMS = {
    400: ("BadRequest", "The body is not JSON, or a value cannot be kept."),
    401: ("NotSignedIn", "There is no valid token and no signed-in page."),
    403: ("NotAllowed", "The person, or this token of theirs, may not do this."),
    404: ("NotFound", "There is no such record that this person may see, or its app is not active."),
    409: ("Refused", "A rule says no: `detail` is the sentence that the pages show, `code` the stable word, `facts` its details."),
    413: ("TooLarge", "The request is larger than 5 MB."),
    415: ("NotJson", "The body was not sent as application/json."),
    422: ("Invalid", "A field is missing, unknown or malformed: `field` names the first, `facts.errors` all of them."),
}
PROBLEM = {
    "title": "Problem",
    "description": "A problem as RFC 9457 has it. /api/v1/problems explains the codes.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "description": "Where the code is explained."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people, in the language of `Accept-Language`."},
        "code": {"type": "string", "description": "A stable word for programs."},
        "field": {"type": "string", "description": "The field that it is about, if it is about one."},
        "facts": {"type": "object", "additionalProperties": True},
    },
    "required": ["type", "title", "status", "detail", "code"],
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text that is yours alone, such as a UUID. The same key with the same body is done once and always "
    "gives the first answer; with another body it is refused with `key_reused`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
KNOWN = {
    "limit": {"minimum": 1, "maximum": 200, "description": "How many to give at most."},
    "cursor": {"description": "`next_cursor` of the page before."},
}
"""What every list says of its two parameters; `paged` holds them."""


class Described(OpenAPISchema):
    """The schema of the shell; `doubles` are names that stand for two shapes, which a test forbids."""

    def __init__(self, api, path_prefix: str):
        self.doubles: set[str] = set()
        super().__init__(api, path_prefix)
        self["info"] |= {"license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}}
        self["servers"] = [{"url": "/"}]
        self["tags"] = [{"name": name} for name in sorted({tag for one in self.operations() for tag in one["tags"]})]
        self["components"]["schemas"]["Problem"] = PROBLEM
        self["components"]["responses"] = {name: _answer(sentence) for name, sentence in PROBLEMS.values()}
        for path, method, operation in self.each():
            _describe(operation, path, method)

    def add_schema_definitions(self, definitions: dict) -> None:
        self.doubles |= {name for name, shape in definitions.items() if self.schemas.get(name, shape) != shape}
        super().add_schema_definitions(definitions)

    def each(self):
        """Every operation with its path and method."""
        for path, methods in self["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def operations(self):
        return [operation for _path, _method, operation in self.each()]


def _answer(sentence: str) -> dict:
    return {"description": sentence, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _describe(operation: dict, path: str, method: str) -> None:
    for parameter in operation["parameters"]:
        if parameter["in"] == "query" and parameter["name"] in KNOWN:
            parameter["schema"] = {**parameter["schema"], **KNOWN[parameter["name"]]}
            parameter["description"] = KNOWN[parameter["name"]]["description"]
    if method == "post":
        operation["parameters"].append(IDEMPOTENCY_KEY)
    for status, (name, _sentence) in PROBLEMS.items():
        if status in (413, 415) and "requestBody" not in operation:
            continue
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
