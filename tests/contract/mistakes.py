"""Mistakes that one can make in the document, and what the generator should say of each."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Mistake(NamedTuple):
    """After `anchor` of `file` the next `old` becomes `new`, or nothing does where they are empty.

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
        "user.yaml#/Nobody",
        "#/Nobody",
        "the reference '../schemas/user.yaml#/Nobody' leads nowhere: openapi/schemas/user.yaml has "
        "no #/Nobody. Mend the reference, or add what it names.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "schemas/user.yaml#/AuthorizeRequest",
        "schemas/nobody.yaml#/AuthorizeRequest",
        "nobody.yaml",
        "there is no file ../schemas/nobody.yaml. Mend the reference",
    ),
    Mistake(
        "openapi.yaml",
        "paths:\n",
        "  /oauth/ro:\n",
        "  /nowhere:\n    $ref: ./paths/auth0.yaml#/logout\n  /oauth/ro:\n",
        "#/logout",
        "openapi/paths/auth0.yaml has no #/logout. Mend the reference",
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
        "'Scene' is in openapi/schemas/imagery.yaml:",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "Band:\n",
        "GetImageRequest:\n",
        "Scene:\n  type: object\nGetImageRequest:\n",
        "Scene:\n",
        "already. Rename or remove one.",
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
        "'Round' refers to itself. Say what it is.",
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
        "credits.Remaining: an operationId is <tag>.<method>",
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
        "has this operationId too. Rename one of them.",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "      - user\n",
        "      - credits\n",
        "- credits",
        "user.delete_guardian_user: its one tag should be the first part of its operationId, user.",
    ),
    Mistake("openapi.yaml", "tags:\n", "name: auth0\n", "name: auth\n", "", ""),
    Mistake(
        "paths/auth0.yaml",
        "tags:\n",
        "",
        "",
        "- auth0",
        "the tag auth0 is not among the tags of openapi/openapi.yaml:",
    ),
    Mistake(
        "paths/user.yaml",
        "info:\n",
        "    summary: Get the caller's account\n",
        "",
        "post:",
        "user.info: summary is missing. Add it, for the docstring.",
    ),
    Mistake(
        "paths/credits.yaml",
        "operationId: credits.check_area",
        "      '200':\n",
        "      '418':\n",
        "responses:",
        "credits.check_area: it has no answer of success. Add '200'",
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
        "x-source should have confidence, one of high, medium, low.",
    ),
    Mistake(
        "paths/kraken.yaml",
        "gridFile:\n",
        "    x-safe-to-repeat: true\n",
        "    x-safe-to-repaet: true\n",
        "x-safe-to-repaet",
        "there is no extension x-safe-to-repaet, perhaps for x-safe-to-repeat. Mend it",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "ScenePage:",
        "  type: object\n",
        "  type: object\n  x-page: true\n",
        "x-page",
        "x-page stands on an operation, and this is a schema. Mend it, or leave it out",
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
        "kraken.release.initiate: x-error-codes names FOO-BAR, which openapi/errors.yaml lacks. "
        "Add it there, or mend the spelling.",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.initiate",
        "- EXTENT-TOO-SMALL",
        "- EXTENT-TOO-LARGE\n      - EXTENT-TOO-SMALL",
        "- EXTENT-TOO-LARGE\n      - EXTENT-TOO-SMALL",
        "x-error-codes names EXTENT-TOO-LARGE twice. Leave out one.",
    ),
    Mistake(
        "paths/imagery.yaml",
        "operationId: imagery.search.initiate",
        "- imagery.availability",
        "- imagery/availability",
        "- imagery/availability",
        "the permission 'imagery/availability' is not made of names with dots between. Write it as",
    ),
    Mistake(
        "paths/tasking.yaml",
        "",
        "- jwt: []",
        "- jwtt: []",
        "jwtt",
        "no security scheme 'jwtt' is in components of openapi/openapi.yaml:",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.create_guardian_user",
        "    x-safe-to-repeat: false\n",
        "    x-safe-to-repeat: false\n    x-page: true\n",
        "x-page",
        "user.create_guardian_user: x-page says that its answer is a page",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "    summary:",
        "    sumary:",
        "sumary",
        "'sumary' means nothing here, perhaps for summary. Mend the spelling, or leave it out.",
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
        '"always" is not of type "boolean". Write required as OpenAPI 3.1 has it.',
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.delete_guardian_user",
        "application/json",
        "text/plain",
        "text/plain",
        "a body of text/plain is a file, which is sent as it is. Name its media type, and leave the schema",
    ),
    Mistake(
        "paths/user.yaml",
        "operationId: user.info",
        "    responses:\n",
        "    servers:\n      - url: https://other.example\n    responses:\n",
        "servers:",
        "servers of one operation are not used. Give them to its path, or leave them out.",
    ),
]

LINKS = [
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.release.initiate",
        "operationId: kraken.release.retrieve",
        "operationId: kraken.relase.retrieve",
        "kraken.relase.retrieve",
        "kraken.release.initiate: the link leads to 'kraken.relase.retrieve', and no operation has "
        "this operationId, perhaps for kraken.release.retrieve. Mend the link.",
    ),
    Mistake(
        "paths/datacube.yaml",
        "operationId: datacube.datapoints.initiate",
        "pipelineId: $response",
        "pipelineID: $response",
        "pipelineID:",
        "datacube.datapoints.initiate: the link sends pipelineID, and the body of tasking.get_status",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.initiate",
        "$response.body#/pipelineId",
        "$response.body#/pipeline",
        "pipelineId: $response",
        "the link hands on $response.body#/pipeline, and kraken.dry_run.initiate has no such thing.",
    ),
    Mistake(
        "paths/kraken_legacy.yaml",
        "operationId: kraken.release_geojson.initiate",
        "mapType: $request",
        "maptype: $request",
        "maptype: $request",
        "the link sends the parameter maptype, and kraken.release_geojson.retrieve has none such, "
        "perhaps for mapType.",
    ),
    Mistake(
        "paths/imagery.yaml",
        "operationId: imagery.get_image.initiate",
        "          status:\n",
        "          state:\n",
        "'200':",
        "an initiate has the link status to tasking.get_status. Add it to its 200.",
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
        "the link result leads to tasking.get_status, and should to imagery.search.retrieve.",
    ),
    Mistake(
        "paths/geojsondb.yaml",
        "",
        "operationId: geojsondb.search\n",
        "operationId: geojsondb.search.retrieve\n",
        "operationId: geojsondb.search.retrieve",
        "no link leads to this retrieve. Add the link result to the 200 of geojsondb.search.initiate.",
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
        "the path has {maptype}, and no parameter is called so. Add it to parameters.",
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
        "would both be user_id in Python. Rename or leave out one.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "",
        "",
        "name: Accept",
        "the header Accept is written by the client itself. Leave it out, or rename it.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "",
        "",
        "name: body",
        "the parameter body would take the place of the request's body. Leave it out.",
    ),
    Mistake(
        "paths/user.yaml",
        "\nauthorize:",
        "",
        "",
        "name: many",
        "an array in the query is not sent in the style deepObject. Write style: ",
    ),
]

SCHEMAS = [
    Mistake(
        "schemas/kraken.yaml",
        "DryRunScene:",
        "required:",
        "requried:",
        "requried:",
        "'requried' is no keyword of a schema, perhaps for required. Mend the spelling",
    ),
    Mistake(
        "schemas/user.yaml",
        "UserInfo:",
        "    accounting:\n",
        "    toDict: {type: string}\n    mail: {type: string, format: e-mail}\n"
        "    since: {type: string, format: date-time}\n    accounting:\n",
        "toDict:",
        "the member toDict would hide the attribute to_dict that models have. Leave it out",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "Band:\n",
        "    bitDepth:\n",
        "    bit_depth:\n      type: integer\n    bitDepth:\n",
        "bitDepth:",
        "and bitDepth would both be bit_depth in Python. Leave out one",
    ),
    Mistake(
        "schemas/kraken.yaml",
        "Tile:\n",
        "    type: integer\n",
        "    type: intger\n",
        "type: intger",
        ". Write type as JSON Schema has it.",
    ),
    Mistake(
        "schemas/kraken.yaml",
        "DryRunResult:",
        "    - ingestedKm2\n",
        "    - digestedKm2\n",
        "- digestedKm2",
        "required names digestedKm2, and properties has no such member, perhaps for ingestedKm2.",
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
        "the generated client knows no format 'e-mail', perhaps for email. Use one of",
    ),
    Mistake(
        "schemas/pipeline.yaml",
        "PipelineStatus:",
        "        - NEW\n",
        "        - NEW\n        - 1.5\n        - new\n",
        "- new\n",
        "the values 'NEW' and 'new' would both be NEW in Python. Leave out one: it keeps its text.",
    ),
    Mistake(
        "schemas/pipeline.yaml",
        "PipelineStatus:",
        "",
        "",
        "enum:",
        "the generated client has enumerations of strings and integers, and null. Put the values in",
    ),
    Mistake(
        "schemas/credits.yaml",
        "RemainingCredit:\n",
        "  type: object\n",
        "  type: object\n  additionalProperties: false\n",
        "additionalProperties",
        "a member that the server adds would be a mistake, and shall not be one.",
    ),
]

EXAMPLES = [
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.dry_run.retrieve",
        "analyzedKm2: 0.18",
        "analyzedKm2: -1",
        "analyzedKm2: -1",
        "): -1 is less than the minimum of 0. Mend the example or the schema.",
    ),
    Mistake(
        "paths/kraken.yaml",
        "operationId: kraken.release.initiate",
        "                  - ZXhhb",
        "                  - 12\n                  - ZXhhb",
        "- 12\n",
        "the example does not fit its schema (openapi/schemas/kraken.yaml:",
    ),
    Mistake(
        "paths/credits.yaml",
        "",
        "remainingCredit: 1250.5",
        "remainingCredit: many",
        "remainingCredit: many",
        '"many" is not of type "number". Mend the example or the schema.',
    ),
    Mistake(
        "schemas/imagery.yaml",
        "    bitDepth:\n",
        "        - 16\n",
        "        - sixteen\n",
        "- sixteen",
        '"sixteen" is not of type "integer". Mend the example or the schema.',
    ),
    Mistake(
        "schemas/common.yaml",
        "DateTime:",
        "'2018-01-03 00:31:07'",
        "'2018-02-30 00:31:07'",
        "2018-02-30",
        '"2018-02-30 00:31:07" is not a "spaceknow-date-time". Mend the example or the schema.',
    ),
    Mistake(
        "headers.yaml",
        "ApiVersion:",
        "example: '106'",
        "example: 106",
        "example: 106",
        '106 is not of type "string". Mend the example or the schema.',
    ),
    Mistake(
        "paths/kraken.yaml",
        "- name: geometryId",
        "value: 0123456789abcdef",
        "value: 2018-01-03",
        "value: 2018-01-03",
        "YAML reads 2018-01-03 as a timestamp, not as text. Put it in quotes.",
    ),
]

CODES = [
    Mistake(
        "errors.yaml",
        "PAYLOAD-TOO-LARGE:",
        "  api: general\n",
        "  api: moon\n",
        "api: moon",
        "PAYLOAD-TOO-LARGE: api is 'moon'. Write one of general, ragnar,",
    ),
    Mistake(
        "errors.yaml",
        "PAYLOAD-TOO-LARGE:",
        "  status: 413\n",
        "  status: '413'\n",
        "status: '413'",
        "PAYLOAD-TOO-LARGE: status is '413'. Write a number from 400 to 599, or null",
    ),
    Mistake(
        "errors.yaml",
        "EXTENT-TOO-LARGE:",
        "  hint: Split",
        "  hnit: Split",
        "hnit:",
        "EXTENT-TOO-LARGE: a code has no member 'hnit'.",
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
        "the anchor &shape makes the value mean more than one thing. Write it where it is needed",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "QUX-ERROR:",
        "QUX-ERROR is not described. Give it api, meaning, status, repeat, hint.",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "QUX:",
        "QUX is not described.",
    ),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "QUX:",
        ") would both be the class QuxError. Leave out one of them.",
    ),
    Mistake("errors.yaml", "", "", "", "foo:", "foo is not described."),
    Mistake("errors.yaml", "", "", "", "foo:", "'foo' is no error code. Write it in capitals"),
    Mistake(
        "errors.yaml",
        "",
        "",
        "",
        "LOGIN:",
        "LOGIN would be the class LoginError, which errors/base.py has already.",
    ),
]

KNOWN_VALUES = [
    Mistake(
        "datasets.yaml",
        "  ortho_4ps:\n",
        "    resolution: [0.3, 0.6]\n",
        "    resolution: 0.3 to 0.6\n",
        "resolution",
        "resolution is '0.3 to 0.6'. Write the finest and the coarsest pixel in meters, as [0.3, 0.6].",
    ),
    Mistake(
        "datasets.yaml",
        "  ard:\n",
        "    retired:",
        "    retires:",
        "retires",
        "a dataset has no member 'retires', perhaps for retired.",
    ),
    Mistake(
        "datasets.yaml", "", "noaa:\n", "nobody: {}\nnoaa:\n", "nobody", "the provider nobody has"
    ),
    Mistake(
        "map_types.yaml",
        "cars:\n",
        "  classes: [cars, trucks]\n",
        "  classes: cars\n",
        "classes",
        "classes is 'cars'. Write a list of different names, or leave it out.",
    ),
    Mistake(
        "schemas/kraken.yaml",
        "ReleaseRequest:",
        "      x-listed: map-types\n",
        "      x-listed: maps\n",
        "x-listed",
        "x-listed is 'maps'. Write one of map-types, providers, datasets.",
    ),
    Mistake(
        "schemas/imagery.yaml",
        "    cloudCover:",
        "      x-max-argument: max_cloud_cover\n",
        "      x-max-argument: max cloud cover\n",
        "x-max-argument",
        "x-max-argument is 'max cloud cover'. Write the name of an argument",
    ),
]

PARTS = (KNOWN_VALUES, REFERENCES, OPERATIONS, LINKS, PARAMETERS, SCHEMAS, EXAMPLES, CODES)
FILES = Path(__file__).parents[2] / "openapi"
# Each of these can be made beside the others, and gives one message. An API may be gone as a whole.
TOGETHER = [each for part in PARTS for each in part if (FILES / each.file).is_file()]

# Each of these hides others, so it is made alone.
ALONE = [
    Mistake(
        "schemas/user.yaml",
        "",
        "UserInfo:\n",
        "UserInfo: [\n",
        "  description:",
        "is not YAML: ",
    ),
    Mistake("schemas/user.yaml", "", "UserInfo:\n", "UserInfo:\n\t- x\n", "\t- x", "is not YAML: "),
    Mistake("schemas/user.yaml", "", "UserInfo:", "UserInfo:\x07", "\x07", "is not YAML: "),
    Mistake(
        "paths/tasking.yaml",
        "",
        "getStatus:\n",
        "getStatus: [\n",
        "    operationId",
        "is not YAML: ",
    ),
    Mistake("openapi.yaml", "", "\npaths:\n", "\nway:\n", "openapi: 3.1.0", "it has no paths."),
]
