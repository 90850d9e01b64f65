"""Mistakes in the document, with the messages that the generator must print."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Mistake(NamedTuple):
    """The edit: after `anchor` in `file` the next `old` becomes `new`; nothing if both are empty.

    The message should be `says`, at the line of the first `mark` after the anchor. A mistake that
    says nothing belongs to the one after it.
    """

    file: str
    anchor: str
    old: str
    new: str
    mark: str
    says: str


REFERENCES = [
    Mistake(
        "paths/user.yaml",
        "operationId: user.manage",
        "user.yaml#/ManagementToken",
        "user.yaml#/Absent",
        "#/Absent",
        "the reference '../schemas/user.yaml#/Absent' is broken: openapi/schemas/user.yaml has "
        "no #/Absent. Correct the reference, or add its target.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "schemas/user.yaml#/AuthorizeRequest",
        "schemas/absent.yaml#/AuthorizeRequest",
        "absent.yaml",
        "is broken: no such file ../schemas/absent.yaml. Correct the reference",
    ),
    Mistake(
        "openapi.yaml",
        "paths:\n",
        "  /oauth/ro:\n",
        "  /nowhere:\n    $ref: ./paths/auth0.yaml#/logout\n  /oauth/ro:\n",
        "#/logout",
        "openapi/paths/auth0.yaml has no #/logout. Correct the reference",
    ),
    Mistake(
        "schemas/credits.yaml",
        "",
        "AreaCost:\n",
        "Scene:\n  type: object\n  description: Two.\nAreaCost:\n",
        "",
        "",
    ),
    Mistake(
        "schemas/credits.yaml",
        "AreaCost:\n",
        "  properties:\n",
        "  properties:\n    scene:\n      $ref: '#/Scene'\n",
        "scene:\n",
        "",
    ),
    Mistake(
        "schemas/credits.yaml",
        "",
        "",
        "",
        "Scene:\n",
        "the name 'Scene' is already used in openapi/schemas/imagery.yaml:",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "Band:\n",
        "GetImageRequest:\n",
        "Scene:\n  type: object\nGetImageRequest:\n",
        "Scene:\n",
        "'Scene' is already in line",
    ),
    Mistake(
        "schemas/pipeline.yaml",
        "PipelineStatusResponse:",
        "      $ref: '#/PipelineStatus'\n",
        "      $ref: '#/Round'\n",
        "",
        "",
    ),
    Mistake(
        "schemas/pipeline.yaml",
        "",
        "\nProgress:\n",
        "\nRound:\n  anyOf:\n    - $ref: '#/Round'\nProgress:\n",
        "Round:\n",
        "'Round' refers only to itself. Define it.",
    ),
]

OPERATIONS = [
    Mistake(
        "paths/geojsondb.yaml",
        "create:\n",
        "    operationId: geojsondb.create\n",
        "",
        "post:",
        "POST /geojsondb/api/features/create: operationId is missing. Add one such as user.info.",
    ),
    Mistake(
        "paths/credits.yaml",
        "",
        "operationId: credits.remaining",
        "operationId: credits.Remaining",
        "credits.Remaining",
        "credits.Remaining: operationId must be <tag>.<method>",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "operationId: user.authorize",
        "operationId: user.manage",
        "",
        "",
    ),
    Mistake(
        "paths/user.yaml",
        "\nmanage:",
        "",
        "",
        "operationId: user.manage",
        "has the same operationId. Rename one of them.",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "      - user\n",
        "      - credits\n",
        "- credits",
        "user.delete_guardian_user: its only tag must be the first part of its operationId, user.",
    ),
    Mistake("openapi.yaml", "tags:\n", "name: auth0\n", "name: auth\n", "", ""),
    Mistake(
        "paths/auth0.yaml",
        "tags:\n",
        "",
        "",
        "- auth0",
        "the tag auth0 is not listed at openapi/openapi.yaml:",
    ),
    Mistake(
        "paths/user.yaml",
        "info:\n",
        "    summary: Get the caller's account\n",
        "",
        "post:",
        "user.info: summary is missing. Add it: it becomes the docstring.",
    ),
    Mistake(
        "paths/credits.yaml",
        "operationId: credits.check_area",
        "      '200':\n",
        "      '418':\n",
        "responses:",
        "credits.check_area: no success response. Add '200'",
    ),
    Mistake(
        "paths/credits.yaml",
        "allocateArea:\n",
        "    x-source:\n      facts: '12'\n"
        "      origin: public clients 2018-2022; generated reference 2023 and later\n"
        "      confidence: high\n",
        "",
        "post:",
        "credits.allocate_area: x-source is missing. Add it (openapi/README.md describes it).",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.create_guardian_user",
        "confidence: high",
        "confidence: fair",
        "confidence: fair",
        "confidence in x-source must be one of high, medium, low, not 'fair'.",
    ),
    Mistake(
        "paths/kraken.yaml",
        "gridFile:\n",
        "    x-safe-to-repeat: true\n",
        "    x-safe-to-repaet: true\n",
        "x-safe-to-repaet",
        "unknown extension x-safe-to-repaet (did you mean x-safe-to-repeat?). Correct it",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "ScenePage:",
        "  type: object\n",
        "  type: object\n  x-page: true\n",
        "x-page",
        "x-page belongs on an operation, but this is a schema. Correct it, or remove it",
    ),
    Mistake(
        "paths/kraken.yaml",
        "gridFile:\n",
        "",
        "",
        "get:",
        "kraken.grid_file: x-safe-to-repeat is missing. Add it",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.release.initiate",
        "- UNSUPPORTED-IMAGERY",
        "- FOO-BAR",
        "FOO-BAR",
        "kraken.release.initiate: unknown code FOO-BAR in x-error-codes: not in openapi/errors.yaml. "
        "Add it there, or correct the spelling.",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.initiate",
        "- EXTENT-TOO-SMALL",
        "- EXTENT-TOO-LARGE\n      - EXTENT-TOO-SMALL",
        "- EXTENT-TOO-LARGE\n      - EXTENT-TOO-SMALL",
        "EXTENT-TOO-LARGE occurs twice in x-error-codes. Remove one.",
    ),
    Mistake(
        "paths/imagery.yaml",
        "operationId: imagery.search.initiate",
        "- imagery.availability",
        "- imagery/availability",
        "- imagery/availability",
        "the permission 'imagery/availability' must be names joined by dots, such as",
    ),
    Mistake(
        "paths/tasking.yaml",
        "",
        "- jwt: []",
        "- jwtt: []",
        "jwtt",
        "unknown security scheme 'jwtt': not in components at openapi/openapi.yaml:",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.create_guardian_user",
        "    x-safe-to-repeat: false\n",
        "    x-safe-to-repeat: false\n    x-page: true\n",
        "x-page",
        "user.create_guardian_user: x-page requires a response with a named schema",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "    summary:",
        "    sumary:",
        "sumary",
        "'sumary' is unknown here (did you mean summary?). Correct the spelling, or remove it.",
    ),
    Mistake(
        "paths/user.yaml",
        "deleteGuardianUser:",
        "",
        "",
        "post:",
        "user.delete_guardian_user: summary is missing.",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "      required: true\n",
        "      required: always\n",
        "required: always",
        '"always" is not of type "boolean". Write required as OpenAPI 3.1 requires.',
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "application/json",
        "text/plain",
        "text/plain",
        "a body of the type text/plain is sent as a file. Use one exact media type without a schema",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.info",
        "    responses:\n",
        "    servers:\n      - url: https://other.example\n    responses:\n",
        "servers:",
        "an operation cannot have servers of its own. Move them to its path, or remove them.",
    ),
]

LINKS = [
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.release.initiate",
        "operationId: kraken.release.retrieve",
        "operationId: kraken.relase.retrieve",
        "kraken.relase.retrieve",
        "kraken.release.initiate: unknown operationId 'kraken.relase.retrieve' in the link "
        "(did you mean kraken.release.retrieve?). Correct the link.",
    ),
    Mistake(
        "paths/datacube.yaml",
        "operationId: datacube.datapoints.initiate",
        "pipelineId: $response",
        "pipelineID: $response",
        "pipelineID:",
        "datacube.datapoints.initiate: the link passes pipelineID, but the body of tasking.get_status",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.initiate",
        "$response.body#/pipelineId",
        "$response.body#/pipeline",
        "pipelineId: $response",
        "the link passes $response.body#/pipeline, which kraken.dry_run.initiate does not have.",
    ),
    Mistake(
        "paths/kraken_legacy.yaml",
        "operationId: kraken.release_geojson.initiate",
        "mapType: $request",
        "maptype: $request",
        "maptype: $request",
        "the link passes the parameter maptype, but kraken.release_geojson.retrieve has no such "
        "parameter (did you mean mapType?).",
    ),
    Mistake(
        "paths/imagery.yaml",
        "operationId: imagery.get_image.initiate",
        "          status:\n",
        "          state:\n",
        "'200':",
        "the link status to tasking.get_status is missing. Add it to the 200 response.",
    ),
    Mistake(
        "paths/imagery.yaml",
        "operationId: imagery.search.initiate",
        "operationId: imagery.search.retrieve",
        "operationId: tasking.get_status",
        "operationId: tasking.get_status\n            description: The",
        "",
    ),
    Mistake(
        "paths/imagery.yaml",
        "          result:",
        "",
        "",
        "operationId: tasking.get_status",
        "the link result names tasking.get_status instead of imagery.search.retrieve.",
    ),
    Mistake(
        "paths/geojsondb.yaml",
        "",
        "operationId: geojsondb.search\n",
        "operationId: geojsondb.search.retrieve\n",
        "operationId: geojsondb.search.retrieve",
        "no link names this operation. Add the link result to the 200 response of geojsondb.search.initiate.",
    ),
]

PARAMETERS = [
    Mistake(
        "openapi.yaml",
        "paths:\n",
        "/kraken/release/{mapType}/tiles/initiate",
        "/kraken/release/{maptype}/tiles/initiate",
        "",
        "",
    ),
    Mistake(
        "paths/kraken_legacy.yaml",
        "releaseTilesInitiate:\n",
        "",
        "",
        "post:",
        "the path has {maptype}, but there is no parameter of this name. Add it to parameters.",
    ),
    Mistake(
        "paths/kraken_legacy.yaml",
        "releaseTilesInitiate:\n",
        "",
        "",
        "- name: mapType",
        "the path /kraken/release/{maptype}/tiles/initiate has no {mapType}. Add it there",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "    requestBody:\n",
        "    parameters:\n"
        "      - {name: userId, in: query, description: One., schema: {type: string}}\n"
        "      - {name: user_id, in: query, description: Two., schema: {type: string}}\n"
        "      - {name: Accept, in: header, description: Three., schema: {type: string}}\n"
        "      - {name: body, in: query, description: Four., schema: {type: boolean}}\n"
        "      - {name: many, in: query, style: deepObject, description: Five., schema: {type: array}}\n"
        "    requestBody:\n",
        "name: user_id",
        "would both be user_id in Python. Rename or remove one.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "",
        "",
        "name: Accept",
        "the client sets the header Accept itself. Remove or rename the parameter.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "",
        "",
        "name: body",
        "the parameter body conflicts with the argument for the request body. Rename or remove it.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "",
        "",
        "name: many",
        "the style deepObject is not supported for an array in the query. Use style: ",
    ),
]

SCHEMAS = [
    Mistake(
        "schemas/kraken.yaml",
        "DryRunScene:",
        "required:",
        "requried:",
        "requried:",
        "'requried' is not a keyword of a schema (did you mean required?). Correct the spelling",
    ),
    Mistake(
        "schemas/user.yaml",
        "UserInfo:",
        "    accounting:\n",
        "    toDict: {type: string}\n    mail: {type: string, format: e-mail}\n"
        "    since: {type: string, format: date-time}\n    accounting:\n",
        "toDict:",
        "the member toDict would hide the attribute to_dict of models. Remove it",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "Band:\n",
        "    bitDepth:\n",
        "    bit_depth:\n      type: integer\n    bitDepth:\n",
        "bitDepth:",
        "and bitDepth would both be bit_depth in Python. Remove one",
    ),
    Mistake(
        "schemas/kraken.yaml",
        "Tile:\n",
        "    type: integer\n",
        "    type: intger\n",
        "type: intger",
        ". Write type as JSON Schema requires.",
    ),
    Mistake(
        "schemas/kraken.yaml",
        "DryRunResult:",
        "    - ingestedKm2\n",
        "    - digestedKm2\n",
        "- digestedKm2",
        "required lists digestedKm2, which is not in properties (did you mean ingestedKm2?).",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.retrieve",
        "",
        "",
        "value:\n                  allocatedCredits: 0.02",
        '"digestedKm2" is a required property.',
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.retrieve",
        "",
        "",
        "value:\n                  allocatedCredits: 0\n",
        '"digestedKm2" is a required property.',
    ),
    Mistake(
        "schemas/user.yaml",
        "UserInfo:",
        "",
        "",
        "format: e-mail",
        "unknown format 'e-mail' (did you mean email?). Use one of",
    ),
    Mistake(
        "schemas/pipeline.yaml",
        "PipelineStatus:",
        "        - NEW\n",
        "        - NEW\n        - 1.5\n        - new\n",
        "- new\n",
        "the values 'NEW' and 'new' would both be NEW in Python. Remove one: responses may still contain it.",
    ),
    Mistake(
        "schemas/pipeline.yaml",
        "PipelineStatus:",
        "",
        "",
        "enum:",
        "an enum may contain only non-empty strings, integers and null. Put the other values in",
    ),
    Mistake(
        "schemas/credits.yaml",
        "RemainingCredit:\n",
        "  type: object\n",
        "  type: object\n  additionalProperties: false\n",
        "additionalProperties",
        "additionalProperties must not be false: the server may add members. Remove it.",
    ),
]

EXAMPLES = [
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.retrieve",
        "analyzedKm2: 0.18",
        "analyzedKm2: -1",
        "analyzedKm2: -1",
        "): -1 is less than the minimum of 0. Correct the example or the schema.",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.release.initiate",
        "                  - ZXhhb",
        "                  - 12\n                  - ZXhhb",
        "- 12\n",
        "the example does not match its schema (openapi/schemas/kraken.yaml:",
    ),
    Mistake(
        "paths/credits.yaml",
        "",
        "remainingCredit: 1250.5",
        "remainingCredit: many",
        "remainingCredit: many",
        '"many" is not of type "number". Correct the example or the schema.',
    ),
    Mistake(
        "schemas/imagery.yaml",
        "    bitDepth:\n",
        "        - 16\n",
        "        - sixteen\n",
        "- sixteen",
        '"sixteen" is not of type "integer". Correct the example or the schema.',
    ),
    Mistake(
        "schemas/common.yaml",
        "DateTime:",
        "'2018-01-03 00:31:07'",
        "'2018-02-30 00:31:07'",
        "2018-02-30",
        '"2018-02-30 00:31:07" is not a "spaceknow-date-time". Correct the example or the schema.',
    ),
    Mistake(
        "headers.yaml",
        "ApiVersion:",
        "example: '106'",
        "example: 106",
        "example: 106",
        '106 is not of type "string". Correct the example or the schema.',
    ),
    Mistake(
        "paths/kraken.yaml",
        "- name: geometryId",
        "value: 0123456789abcdef",
        "value: 2018-01-03",
        "value: 2018-01-03",
        "YAML reads 2018-01-03 as a timestamp, not as a string. Put it in quotes.",
    ),
]

CODES = [
    Mistake(
        "errors.yaml",
        "PAYLOAD-TOO-LARGE:",
        "  api: general\n",
        "  api: moon\n",
        "api: moon",
        "PAYLOAD-TOO-LARGE: unknown api 'moon'. Use one of general, ragnar,",
    ),
    Mistake(
        "errors.yaml",
        "PAYLOAD-TOO-LARGE:",
        "  status: 413\n",
        "  status: '413'\n",
        "status: '413'",
        "PAYLOAD-TOO-LARGE: status must be an integer from 400 to 599, or null if unknown, not '413'.",
    ),
    Mistake(
        "errors.yaml",
        "EXTENT-TOO-LARGE:",
        "  hint: Split",
        "  hnit: Split",
        "hnit:",
        "EXTENT-TOO-LARGE: unknown member 'hnit' (did you mean hint?). Known are api,",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "EXTENT-TOO-LARGE:",
        "EXTENT-TOO-LARGE: hint is missing. Add it (openapi/README.md describes it).",
    ),
    Mistake(
        "errors.yaml",
        "",
        "EXTENT-TOO-SMALL:\n",
        "QUX-ERROR: &shape\n  api: general\nQUX: null\nfoo: null\nLOGIN:\n"
        "  {api: general, meaning: It., status: null, repeat: never, hint: Do., legacy: true}\n"
        "EXTENT-TOO-SMALL:\n",
        "QUX-ERROR:",
        "the anchor &shape is not supported. Write the value out",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "QUX-ERROR:",
        "QUX-ERROR must be a mapping, not null. Add api, meaning, status, repeat and hint.",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "QUX:",
        "QUX must be a mapping, not null.",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "QUX:",
        ") would both be the class QuxError. Remove one of them.",
    ),
    Mistake("errors.yaml", "", "", "", "foo:", "foo must be a mapping, not null."),
    Mistake("errors.yaml", "", "", "", "foo:", "'foo' is not an error code. Write it in capitals"),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "LOGIN:",
        "LOGIN would be the class LoginError, which errors/base.py already defines.",
    ),
]

KNOWN_VALUES = [
    Mistake(
        "datasets.yaml",
        "  ortho_4ps:\n",
        "    resolution: [0.3, 0.6]\n",
        "    resolution: 0.3 to 0.6\n",
        "resolution",
        "resolution must be the finest and the coarsest pixel size in meters, such as [0.3, 0.6], not",
    ),
    Mistake(
        "datasets.yaml",
        "  ard:\n",
        "    retired:",
        "    retires:",
        "retires",
        "unknown member 'retires' of a dataset (did you mean retired?).",
    ),
    Mistake(
        "datasets.yaml", "", "noaa:\n", "empty: {}\nnoaa:\n", "empty", "the provider empty must be"
    ),
    Mistake(
        "map_types.yaml",
        "cars:\n",
        "  classes: [cars, trucks]\n",
        "  classes: cars\n",
        "classes",
        "classes must be a non-empty list of different names or absent, not 'cars'.",
    ),
    Mistake(
        "schemas/kraken.yaml",
        "ReleaseRequest:",
        "      x-listed: map-types\n",
        "      x-listed: maps\n",
        "x-listed",
        "x-listed must be one of map-types, providers, datasets, not 'maps'.",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "    cloudCover:",
        "      x-max-argument: max_cloud_cover\n",
        "      x-max-argument: max cloud cover\n",
        "x-max-argument",
        "x-max-argument must be the name of an argument, such as max_cloud_cover, not 'max",
    ),
]

PARTS = (KNOWN_VALUES, REFERENCES, OPERATIONS, LINKS, PARAMETERS, SCHEMAS, EXAMPLES, CODES)
FILES = Path(__file__).parents[2] / "openapi"
# Each of these can be combined with the others, and gives one message. A whole API may be missing.
TOGETHER = [each for part in PARTS for each in part if (FILES / each.file).is_file()]

# Each of these hides others, so it is tested separately.
ALONE = [
    Mistake(
        "schemas/user.yaml",
        "",
        "UserInfo:\n",
        "UserInfo: [\n",
        "  description:",
        "invalid YAML: ",
    ),
    Mistake(
        "schemas/user.yaml", "", "UserInfo:\n", "UserInfo:\n\t- x\n", "\t- x", "invalid YAML: "
    ),
    Mistake("schemas/user.yaml", "", "UserInfo:", "UserInfo:\x07", "\x07", "invalid YAML: "),
    Mistake(
        "paths/tasking.yaml",
        "",
        "getStatus:\n",
        "getStatus: [\n",
        "    operationId",
        "invalid YAML: ",
    ),
    Mistake("openapi.yaml", "", "\npaths:\n", "\nway:\n", "openapi: 3.1.0", "paths is missing."),
]
