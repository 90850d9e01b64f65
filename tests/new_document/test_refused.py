"""Documents that the client cannot support are rejected, with file, line and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.checks import checked
from generator.document.document import DocumentError

from .changed import ChangedProject

OPENAPI = Path(__file__).parents[2] / "openapi"
USER = "    accounting:\n"
SCHEME = "x-errors:\n"
SERVER = "\ntags:\n"
RESULT = "            parameters:\n              mapType: $request.path.mapType\n"
BODY = "        application/json:\n          schema:\n"
PLACE = "    requestBody:\n"
# Every value of the second form is also one of the first.
FORMS = """One:
  type: object
  description: It.
  properties: {a: {type: string}}
Two:
  type: object
  description: It.
  properties: {b: {type: string}}
"""
NAMED = "{}\n  type: object\n  description: It.\n  properties: {{a: {{type: string}}}}\n"

# (file, text to replace once, its replacement, mark of the reported line, part of the message)
REFUSED = [
    (
        "schemas/user.yaml",
        USER,
        "    code: {type: string, pattern: '['}\n" + USER,
        "code:",
        "the pattern '[' cannot be read",
    ),
    (
        "schemas/user.yaml",
        USER,
        "    code: {type: string, pattern: '\\p{L}'}\n" + USER,
        "code:",
        "cannot be read: bad escape",
    ),
    (
        "schemas/user.yaml",
        USER,
        "    code: {type: string, pattern: 'a\\Z'}\n" + USER,
        "code:",
        "cannot be read",
    ),
    *(
        ("schemas/user.yaml", USER, f"    one: {{$ref: '#/{name}'}}\n{USER}", f"{name}:\n", says)
        for name, says in (
            ("Page", "Page is already used by the generated code"),
            ("Check", "Check is already used"),
            ("Argument", "Argument is already used"),
            ("Literal", "Literal is already used"),
            ("Callable", "Callable is already used"),
            ("UserResource", "UserResource is already used"),
            ("None", "would be the class None_"),
            ("AsyncJob", "AsyncJob would become Job in the synchronous client"),
        )
    ),
    (
        "schemas/user.yaml",
        USER,
        "    one:\n      oneOf: [{$ref: '#/One'}, {$ref: '#/Two'}]\n" + USER,
        "oneOf:",
        "every value of this form is also a One",
    ),
    (
        "schemas/user.yaml",
        USER,
        "    one:\n      discriminator: {propertyName: a}\n" + USER,
        "discriminator:",
        "a discriminator requires oneOf or anyOf",
    ),
    (
        "schemas/user.yaml",
        USER,
        "    one:\n      oneOf: [{$ref: '#/One'}, {$ref: '#/Two'}]\n      discriminator: {propertyName: a}\n"
        + USER,
        "oneOf:",
        "Two has no member a",
    ),
    (
        "schemas/user.yaml",
        USER,
        "    one:\n      oneOf: [{$ref: '#/One'}]\n"
        "      discriminator: {propertyName: a, mapping: {x: '#/Two'}}\n" + USER,
        "discriminator:",
        "in the mapping of x, is not one of the forms",
    ),
    (
        "paths/imagery.yaml",
        "x-identity: sceneId",
        "x-identity: sceneName",
        "x-identity",
        "x-identity is 'sceneName', but items have no such member",
    ),
    (
        "paths/kraken_legacy.yaml",
        RESULT,
        "",
        "result:",
        "kraken.release_geojson.retrieve requires mapType, but the link result does not pass it",
    ),
    (
        "paths/kraken_legacy.yaml",
        RESULT,
        RESULT.replace("$request.path.mapType", "$response.header.Map-Type"),
        "mapType: $response",
        "a handle cannot store $response.header.Map-Type",
    ),
    (
        "paths/kraken_legacy.yaml",
        "- name: mapType",
        "- name: map.type",
        "- name: map.type",
        "the name of the path parameter map.type may contain only letters, digits, - and _. Rename it",
    ),
    (
        "paths/credits.yaml",
        "          application/json:\n            schema:",
        "          application/geo+json:\n            schema:",
        "application/geo+json",
        "a JSON response must have the single media type application/json. Rename or remove",
    ),
    (
        "openapi.yaml",
        SCHEME,
        "    cookie: {type: apiKey, in: cookie, name: c}\n" + SCHEME,
        "cookie:",
        "cannot send a key in cookie",
    ),
    (
        "openapi.yaml",
        SCHEME,
        "    basic: {type: http, scheme: basic}\n" + SCHEME,
        "basic:",
        "does not support the scheme type http (basic)",
    ),
    (
        "openapi.yaml",
        SCHEME,
        "    own: {type: apiKey, in: header, name: Accept}\n" + SCHEME,
        "own:",
        "the header Accept already has another purpose",
    ),
    (
        "openapi.yaml",
        SERVER,
        "\n  - {url: 'https://eu.example.com'}" + SERVER,
        "eu.example.com",
        "the description of a server must start with its name in Python",
    ),
    (
        "openapi.yaml",
        SERVER,
        "\n  - {url: 'http://eu.example.com', description: Europe}" + SERVER,
        "eu.example.com",
        "would send tokens unencrypted",
    ),
    (
        "openapi.yaml",
        SERVER,
        "\n  - {url: /v2, description: Europe}" + SERVER,
        "/v2",
        "is not an absolute URL",
    ),
    (
        "openapi.yaml",
        SERVER,
        "\n  - {url: 'https://{a}.example.com', description: Europe}" + SERVER,
        "{a}.example.com",
        "the address has {a}, which is not in variables",
    ),
    (
        "paths/user.yaml",
        "info:\n",
        "info:\n  servers: [{url: 'https://x.example.com'}]\n",
        "servers:",
        "only a path of the login may have servers of its own",
    ),
    *(
        ("paths/user.yaml", BODY, BODY.replace("application/json", media), media, says)
        for media, says in (
            (
                "multipart/form-data",
                "cannot send a multipart form. Describe the body as application/x-www",
            ),
            ("text/plain", "a body of the type text/plain is sent as a file"),
            ("'*/*'", "a body of the type */* is sent as a file. Use one exact media type"),
        )
    ),
    *(
        (
            "paths/user.yaml",
            PLACE,
            f"    parameters:\n      - {{name: odd, {parameter}}}\n{PLACE}",
            mark,
            says,
        )
        for parameter, mark, says in (
            ("in: cookie, schema: {type: string}", "name: odd", "cannot send parameters in cookie"),
            (
                "in: query, content: {application/json: {schema: {type: object}}}",
                "name: odd",
                "the parameter odd has no schema",
            ),
            (
                "in: query, style: deepObject, schema: {type: array, items: {type: string}}",
                "name: odd",
                "the style deepObject is not supported for an array in the query. Use style: form",
            ),
            (
                "in: query, schema: {type: array, items: {type: array, items: {type: string}}}",
                "name: odd",
                "a value inside the parameter odd must be a string, number or boolean",
            ),
            (
                "in: query, schema: {type: object, additionalProperties: {type: string}}",
                "name: odd",
                "cannot be distinguished from other parameters. Use style: deepObject, or explode: false",
            ),
            (
                "in: query, style: pipeDelimited, schema: {type: string}",
                "name: odd",
                "the style pipeDelimited is for arrays and objects, but odd is neither",
            ),
            (
                "in: query, allowReserved: true, schema: {type: string}",
                "name: odd",
                "values of odd are percent-encoded. Remove it",
            ),
            (
                "in: query, style: deepObject, explode: false, schema: "
                "{type: object, additionalProperties: {type: string}}",
                "name: odd",
                "explode: false has no effect with deepObject. Remove explode",
            ),
            (
                "in: query, style: spaceDelimited, explode: true, schema: "
                "{type: array, items: {type: string}}",
                "name: odd",
                "spaceDelimited with explode: true is the same as the style form. Remove one",
            ),
            (
                "in: header, style: form, schema: {type: array, items: {type: string}}",
                "name: odd",
                "the style form is not supported for an array in the header. Use style: simple",
            ),
            (
                "in: header, schema: {type: array, items: {type: [string, 'null']}}",
                "name: odd",
                "a value inside the parameter odd must be a string, number or boolean. Change its type",
            ),
        )
    ),
    (
        "paths/user.yaml",
        PLACE,
        f"    parameters:\n      - {{name: Content-Type, in: header, schema: {{type: string}}}}\n{PLACE}",
        "name: Content-Type",
        "the client sets the header Content-Type itself",
    ),
    (
        "schemas/imagery.yaml",
        "    cursor:\n      type:\n        - string\n",
        "    cursor:\n      type:\n        - integer\n",
        "    cursor:",
        "the cursor cursor is a string. Describe it as one, or remove x-page",
    ),
    (
        "schemas/user.yaml",
        USER,
        "    some:\n      type: object\n      title: UserInfo\n      properties: {a: {type: string}}\n"
        + USER,
        "some:",
        "this object would be the class UserInfo, which",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "mark", "says"), REFUSED, ids=[each[4][:50] for each in REFUSED]
)
def test_it_is_refused(tmp_path: Path, file: str, old: str, new: str, mark: str, says: str) -> None:
    shutil.copytree(OPENAPI, tmp_path / "openapi")
    path = tmp_path / "openapi" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1) + (FORMS if file == "schemas/user.yaml" else "")
    text += NAMED.format(mark.strip()) if mark.endswith(":\n") else ""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        checked(tmp_path / "openapi" / "openapi.yaml")
    said = str(caught.value).splitlines()
    line = text.count("\n", 0, text.index(mark, text.index(new) if new else text.index(mark))) + 1
    named = [each for each in said if each.startswith(f"openapi/{file}:{line}: ") and says in each]
    assert named, (line, said)
    assert all(each.endswith((".", ")")) for each in said)


def test_a_cursor_that_is_no_string_is_refused_in_a_request(tmp_path: Path) -> None:
    changed = ChangedProject(tmp_path)
    changed.add("shapes.yaml")
    changed.replace("paths/shapes.yaml", "pageToken: {type: string", "pageToken: {type: integer")
    says = r"openapi/paths/shapes\.yaml:\d+: .*the cursor pageToken of its request is a string\. Describe"
    with pytest.raises(DocumentError, match=says):
        changed.generate()
