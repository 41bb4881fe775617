"""The laws of DESIGN.md's rooms, read off the source."""

import ast
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


@pytest.mark.parametrize("path", ENGINE + STUDIO, ids=name_of)
def test_a_generation_changes_state_only_in_its_own_module(path):
    if name_of(path) == "generations/models/generation.py" or "migrations" in path.parts:
        return
    if "simulator" in path.parts:
        return  # the simulator's generations are its own
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                changes = isinstance(target, ast.Attribute) and target.attr == "state"
                assert not changes, f"line {node.lineno} assigns a state"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in ("update", "update_or_create", "bulk_update"):
                continue
            about_generations = "Generation" in ast.unparse(node.func.value)
            states = [keyword for keyword in node.keywords if keyword.arg == "state"]
            assert not (about_generations and states), f"line {node.lineno} updates a state"


@pytest.mark.parametrize("path", sorted((ROOT / "studio/views").glob("*.py")), ids=name_of)
def test_views_reach_projects_only_through_the_door(path):
    text = path.read_text()
    assert "Project.objects.get" not in text
    assert "Generation.objects.get" not in text
    assert "get_object_or_404" not in text


def test_the_simulator_needs_no_django():
    command = {"generations/management/commands/simulate.py"}
    for path in sorted((ROOT / "generations/simulator").rglob("*.py")):
        modules = {m for m in imported_by(path) if is_in(m, "django")}
        assert not modules or name_of(path) in command, name_of(path)
