from pathlib import Path

import pytest

from adapters.memory.fakes import DescribedMachine
from adapters.memory.inspection import FakeDatabaseInspection, create
from application.ports.machine import Access
from tests.unit.contracts.database_inspection import DatabaseInspectionContract
from tests.unit.contracts.machine import MachineContract
from tests.unit.settings import some_settings


class TestToldInspection(DatabaseInspectionContract):
    @pytest.fixture
    def inspection(self) -> FakeDatabaseInspection:
        return create("memory://", some_settings())


class TestDescribedMachine(MachineContract):
    @pytest.fixture
    def path(self) -> Path:
        return Path("/somewhere")

    @pytest.fixture
    def machine(self, path: Path, access: Access) -> DescribedMachine:
        return DescribedMachine(files=1024, bytes=1e9, paths={str(path): access})
