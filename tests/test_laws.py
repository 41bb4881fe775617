"""The laws of the code's rooms, read off the source: each names whatever breaks it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = sorted((ROOT / "generations").rglob("*.py"))
STUDIO = sorted((ROOT / "studio").rglob("*.py"))
VIEWS = sorted((ROOT / "studio/views").glob("*.py"))
MAY_USE_HTTPX = {"generations/outbound.py", "generations/providers"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def importing(paths: list[Path], *packages: str) -> list[str]:
    """Return where one of the packages is imported, with what of it."""
    return [
        f"{name_of(path)}: {module}"
        for path in paths
        for module in imported_by(path)
        if any(is_in(module, package) for package in packages)
    ]


def test_there_is_something_to_read():
    assert len(ENGINE) > 200
    assert len(STUDIO) > 300
    assert len(VIEWS) > 50


def test_the_engine_never_imports_the_studio():
    """But for a command, which is the outermost shell."""
    inner = [path for path in ENGINE if path.parts[-3:-1] != ("management", "commands")]
    assert importing(inner, "studio") == []


def test_httpx_stays_behind_the_guarded_client_and_the_providers():
    outside = [
        path
        for path in ENGINE + STUDIO
        if not any(name_of(path).startswith(allowed) for allowed in MAY_USE_HTTPX)
    ]
    assert importing(outside, "httpx", "httpcore") == []


WRITES = {"create", "get_or_create", "update", "update_or_create", "Generation"}
OTHERS_STATE = re.compile(r"\b(Asset|Delivery|Import)\.State\b")


def states_set_in(tree: ast.Module) -> list[int]:
    """Return the lines that give a generation a state: by a write, a field or a name of it.

    A write of another model is known by its state's: `Asset.State.STORED`, also by a local name.
    """
    values: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = ast.unparse(node.value)

    def is_anothers(state: ast.expr) -> bool:
        said = ast.unparse(state)
        return bool(OTHERS_STATE.search(values.get(said, said)))

    return [
        node.lineno
        for node in ast.walk(tree)
        if assigns_state(node)
        or (isinstance(node, ast.Call) and not all(map(is_anothers, states_written_by(node))))
    ]


def assigns_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "bulk_update")):
        return any(is_called_state(each) for each in ast.walk(node))
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    writes = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
    return writes and any(isinstance(it, ast.Attribute) and it.attr == "state" for it in targets)


def states_written_by(call: ast.Call) -> Iterator[ast.expr]:
    if ast.unparse(call.func).rpartition(".")[2] not in WRITES:
        return
    for keyword in call.keywords:
        if keyword.arg == "state":
            yield keyword.value
        elif isinstance(keyword.value, ast.Dict):  # **{…}, defaults={…}
            pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
            yield from (value for key, value in pairs if key and is_called_state(key))


def is_called_state(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "state"


def test_a_generation_changes_state_only_in_its_own_module():
    """The simulator's generations are its own."""
    others = [
        path
        for path in ENGINE + STUDIO
        if name_of(path) != "generations/models/generation.py"
        and not {"migrations", "simulator"} & set(path.parts)
    ]
    found = [f"{name_of(path)}:{line}" for path in others for line in states_set_in(tree_of(path))]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "Generation.objects.create(project=project, state=State.COMPLETED)",
        "Generation(state=State.WAITING).save()",
        "mine.update(words='', state=State.FAILED)",
        "mine.update(state=to)",
        "mine.update(**{'state': to})",
        "Generation.objects.get_or_create(uuid=name, defaults={'state': State.QUEUED})",
        "Generation.objects.bulk_update(takes, ['state'])",
        "take.state = State.FAILED",
        "setattr(take, 'state', State.FAILED)",
    ],
)
def test_the_law_of_states_sees(line):
    assert states_set_in(ast.parse(f"before = 1\n{line}\n")) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "Generation.objects.filter(state=State.WAITING).update(words='')",
        "mine.update(state=Asset.State.STORED)",
        "state = Asset.State.FAILED if gone else Asset.State.PENDING\nmine.update(state=state)",
        "Import.objects.create(state=Import.State.DONE)",
    ],
)
def test_the_law_of_states_lets_pass(line):
    assert not states_set_in(ast.parse(line))


def test_views_reach_projects_only_through_the_door():
    doors = ("Project.objects.get", "Generation.objects.get", "get_object_or_404")
    found = [
        f"{name_of(path)}: {door}" for path in VIEWS for door in doors if door in path.read_text()
    ]
    assert found == []


# Where roles are compared, and no access hangs on it.
COMPARES_ROLES = {
    "studio/models/team.py": "what a role includes",
    "studio/models/audit.py": "which rows a reader finds, whom a door let in",
    "studio/membering.py": "a team has one owner, who isn't invited, demoted or taken out",
    "studio/forms/project_settings.py": "who always sees a private project is shown as that",
    "studio/forms/people.py": "the roles that can be given",
    "studio/models/invitation.py": "the roles that can be given",
    "studio/views/people.py": "the roles that can be given",
    "studio/management/commands/member.py": "the roles that can be given",
}


def roles_compared_in(tree: ast.Module) -> list[int]:
    """Return the lines that compare a person's role; a sound's in a cut is another."""
    if any(
        isinstance(node, ast.ImportFrom) and node.module == "studio.editing.cut"
        for node in ast.walk(tree)
    ):
        return []
    return [node.lineno for node in ast.walk(tree) if compares_role(node)]


def compares_role(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "includes"
    if not isinstance(node, ast.Compare):
        return False
    said = [ast.unparse(each) for each in (node.left, *node.comparators)]
    return any(re.search(r"(^|[(, ])Role\.[A-Z]|\.role(_here)?$", each) for each in said)


def test_what_a_role_allows_is_decided_at_the_door_alone():
    found = {
        name_of(path)
        for path in STUDIO
        if "studio/access/" not in name_of(path) and roles_compared_in(tree_of(path))
    }
    assert found == set(COMPARES_ROLES)


@pytest.mark.parametrize(
    "line",
    [
        "role.includes(Role.PRODUCER)",
        "Role(project.role).includes(needed)",
        "member.role == Role.OWNER",
        "team.role in JUDGES",
        "held in (Role.OWNER, Role.PRODUCER)",
    ],
)
def test_the_law_of_roles_sees(line):
    assert roles_compared_in(ast.parse(line)) == [1]


def test_a_view_is_under_25_lines():
    """Without its docstring."""
    found = []
    for path in VIEWS:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = node.end_lineno - body[0].lineno + 1 if body else 0
                found += [f"{name_of(path)}: {node.name}: {lines}"] if lines >= 25 else []
    assert found == []


def test_the_simulator_needs_no_django():
    command = {"generations/management/commands/simulate.py"}
    for path in sorted((ROOT / "generations/simulator").rglob("*.py")):
        modules = {m for m in imported_by(path) if is_in(m, "django")}
        assert not modules or name_of(path) in command, name_of(path)
