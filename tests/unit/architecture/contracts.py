"""Contract types of our own for import-linter, named in `pyproject.toml`."""

import sys
from collections.abc import Iterable, Iterator
from typing import ClassVar

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

STDLIB = "stdlib"


class OnlyImports(Contract):
    """A package imports itself and what is listed; `stdlib` stands for the standard library."""

    type_name: ClassVar[str] = "only_imports"
    package: str = fields.StringField()  # type: ignore[assignment]  # parsed per contract
    allowed: set[str] = fields.SetField(fields.StringField())  # type: ignore[assignment]  # as above

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        allowed = {self.package, *self.allowed} - {STDLIB}
        stdlib = sys.stdlib_module_names if STDLIB in self.allowed else frozenset()
        return verdict(
            graph,
            (
                (importer, imported)
                for importer, imported in imports_of(graph, self.package)
                if _top(imported) not in stdlib and not any(_within(imported, a) for a in allowed)
            ),
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        render(check)


class SiblingsApart(Contract):
    """The direct children of a package never import each other, those added later included.

    `allowed` are the exceptions, each as `importer -> imported` by the names of the children.
    With `only`, no more than these children are looked at.
    """

    type_name: ClassVar[str] = "siblings_apart"
    package: str = fields.StringField()  # type: ignore[assignment]  # parsed per contract
    allowed: set[str] = fields.SetField(fields.StringField(), required=False)  # type: ignore[assignment]  # as above
    only: set[str] = fields.SetField(fields.StringField(), required=False)  # type: ignore[assignment]  # as above

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        siblings = graph.find_children(self.package)
        if self.only:
            siblings &= {f"{self.package}.{name}" for name in self.only}
        if len(siblings) < 2:
            raise ValueError(f"{self.package} has {len(siblings)} children: nothing to check.")
        return verdict(
            graph,
            (
                (importer, imported)
                for sibling in siblings
                for importer, imported in imports_of(graph, sibling)
                if any(
                    _within(imported, other) and not self._is_allowed(sibling, other)
                    for other in siblings - {sibling}
                )
            ),
        )

    def _is_allowed(self, importer: str, imported: str) -> bool:
        names = (each.removeprefix(f"{self.package}.") for each in (importer, imported))
        return " -> ".join(names) in (self.allowed or ())

    def render_broken_contract(self, check: ContractCheck) -> None:
        render(check)


def imports_of(graph: ImportGraph, package: str) -> Iterator[tuple[str, str]]:
    """Every direct import made in a package, lazy and type-checking ones too.

    A package that does not exist is an error: a contract that matches no file proves nothing.
    """
    if package not in graph.modules:
        raise ValueError(f"Package {package} does not exist.")
    for importer in {package, *graph.find_descendants(package)}:
        for imported in graph.find_modules_directly_imported_by(importer):
            yield importer, imported


def verdict(graph: ImportGraph, offences: Iterable[tuple[str, str]]) -> ContractCheck:
    lines = sorted(
        f"{importer} -> {imported} (l.{detail['line_number']})"
        for importer, imported in offences
        for detail in graph.get_import_details(importer=importer, imported=imported)
    )
    return ContractCheck(kept=not lines, metadata={"lines": lines})


def render(check: ContractCheck) -> None:
    for line in check.metadata["lines"]:
        output.print_error(f"-   {line}", bold=False)
    output.new_line()


def _top(module: str) -> str:
    return module.partition(".")[0]


def _within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")
