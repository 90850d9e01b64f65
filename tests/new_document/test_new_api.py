"""A new API, and OpenAPI constructs that no operation used before, require only YAML in openapi/."""

from __future__ import annotations

import pytest

from .changed import HERE, ChangedProject

# These depend on the document as it is: generated in another project, or compared with git.
# Tests of the generator, and of a proxy between client and emulator, say nothing new of a copy.
OWN = ("exercise", "mistakes", "generator", "exact", "check_drifts")


# What a search takes in addition: a parameter or a member of each kind.
SEARCH = (
    (
        "paths/imagery.yaml",
        "    x-safe-to-repeat: true\n",
        """\
    parameters:
      - name: X-Tenant
        in: header
        x-argument: tenant
        description: Whose.
        schema: {type: string, maxLength: 9}
      - name: X-Marks
        in: header
        x-argument: marks
        description: It.
        schema: {type: array, items: {type: string}}
    x-safe-to-repeat: true
""",
    ),
    (
        "schemas/imagery.yaml",
        "    onlyDownloadable:\n",
        """\
    levels: {type: array, description: Levels., items: {type: integer, enum: [1, 2, 3]}}
    mood: {type: [string, 'null'], enum: [calm, wild, null], description: Its mood.}
    rank: {type: [integer, 'null'], minimum: 1, description: Its rank.}
    seenBefore: {type: string, format: date-time, description: When.}
    shares:
      type: object
      description: Shares by name.
      additionalProperties: {type: number, minimum: 0, maximum: 1}
    onlyDownloadable:
""",
    ),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ChangedProject:
    changed = ChangedProject(tmp_path_factory.mktemp("new_api"))
    changed.add("alerts.yaml")
    changed.add("constructs.yaml")
    changed.add("shapes.yaml")
    for file, old, new in SEARCH:
        changed.replace(file, old, new)
    changed.generate()
    return changed


def test_its_methods_models_errors_and_commands_work(project: ChangedProject) -> None:
    ran = project.run("-W", "error", str(HERE / "new_api.py"))
    assert ran.returncode == 0, ran.stderr


def test_every_security_scheme_works(project: ChangedProject) -> None:
    ran = project.run("-W", "error", str(HERE / "new_schemes.py"))
    assert ran.returncode == 0, ran.stderr


def test_what_providers_usually_send_and_answer_works(project: ChangedProject) -> None:
    ran = project.run("-W", "error", str(HERE / "new_shapes.py"))
    assert ran.returncode == 0, ran.stderr


def test_commands_send_it_too(project: ChangedProject) -> None:
    ran = project.run("-W", "error", str(HERE / "new_commands.py"))
    assert ran.returncode == 0, ran.stderr


def test_mypy_passes(project: ChangedProject) -> None:
    assert project.type_check("spaceknow_client/resources", "spaceknow_client/generated") == ""


def test_the_contract_tests_pass(project: ChangedProject) -> None:
    ran = project.test(
        "tests/contract", *(f"--ignore=tests/contract/test_{name}.py" for name in OWN)
    )
    assert ran.returncode == 0, ran.stdout


def test_signatures_and_pages_are_real(project: ChangedProject) -> None:
    text = project.text("spaceknow_client/resources/operations/alerts.py")
    for line in (
        "def list(self, *, kind: str | None = None) -> Pager[Alert]:",
        "self, name: str, rule: Mapping[str, Any], *, note: str | None = None",
        "self, alert_id: str, *, name: str | None = None, note: str | None | Unset = UNSET",
        "def set_tags(self, alert_id: str, members: Mapping[str, str]) -> None:",
        "def configure(self, members: Mapping[str, Any]) -> None:",
        "def picture(self, alert_id: str) -> bytes:",
        "None is sent as null; omit it to keep the current value.",
        "TooManyAlertsError",
    ):
        assert line in text, line
    assert "class AlertsError(APIError):" in project.text("spaceknow_client/errors/groups.py")
    page = project.text("docs/errors.md")
    assert "## Alerts API\n\nClass: `AlertsError`." in page
