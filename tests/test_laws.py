"""The laws of the code's rooms, read off the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = sorted((ROOT / "generations").rglob("*.py"))
STUDIO = sorted((ROOT / "studio").rglob("*.py"))
MAY_USE_HTTPX = {"generations/outbound.py", "generations/providers"}


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_engine_never_imports_the_studio(path):
    if path.parts[-3:-1] == ("management", "commands"):
        pytest.skip("a command is the outermost shell")
    assert not [module for module in imported_by(path) if is_in(module, "studio")]


@pytest.mark.parametrize("path", ENGINE + STUDIO, ids=name_of)
def test_httpx_stays_behind_the_guarded_client_and_the_providers(path):
    if any(name_of(path).startswith(allowed) for allowed in MAY_USE_HTTPX):
        return
    outside = [m for m in imported_by(path) if is_in(m, "httpx") or is_in(m, "httpcore")]
    assert not outside


WRITES = {"create", "get_or_create", "update", "update_or_create", "Generation"}
OTHERS_STATE = re.compile(r"\b(Asset|Delivery|Import)\.State\b")


def states_set_in(source: str) -> list[int]:
    """Return the lines that give a generation a state: by a write, a field or a name of it.

    A write of another model is known by its state's: `Asset.State.STORED`, also by a local name.
    """
    tree = ast.parse(source)
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


@pytest.mark.parametrize("path", ENGINE + STUDIO, ids=name_of)
def test_a_generation_changes_state_only_in_its_own_module(path):
    if name_of(path) == "generations/models/generation.py" or "migrations" in path.parts:
        return
    if "simulator" in path.parts:
        return  # the simulator's generations are its own
    assert not states_set_in(path.read_text())


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
    assert states_set_in(f"before = 1\n{line}\n") == [2]


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
    assert not states_set_in(line)


@pytest.mark.parametrize("path", sorted((ROOT / "studio/views").glob("*.py")), ids=name_of)
def test_views_reach_projects_only_through_the_door(path):
    text = path.read_text()
    assert "Project.objects.get" not in text
    assert "Generation.objects.get" not in text
    assert "get_object_or_404" not in text


@pytest.mark.parametrize("path", sorted((ROOT / "studio/views").glob("*.py")), ids=name_of)
def test_a_view_is_under_25_lines(path):
    """Without its docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            assert lines < 25, f"{node.name}: {lines}"


def test_the_simulator_needs_no_django():
    command = {"generations/management/commands/simulate.py"}
    for path in sorted((ROOT / "generations/simulator").rglob("*.py")):
        modules = {m for m in imported_by(path) if is_in(m, "django")}
        assert not modules or name_of(path) in command, name_of(path)
