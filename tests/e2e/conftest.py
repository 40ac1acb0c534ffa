"""What the end-to-end tests share: where the program, the reference and the real data are."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "reference"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
CADENCE = os.environ.get("CADENCE", str(ROOT / "build" / "cadence"))
SHARED = pathlib.Path(os.environ.get("CADENCE_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def data():
    """The folder of real EventSim output; tests that need it are skipped where it is missing."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there")
    return folder
