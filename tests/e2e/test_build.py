"""What the compiler made of the source, where only a slower program would tell."""
import platform
import re
import subprocess
from pathlib import Path

import pytest
from compare import CADENCE
from conftest import ROOT

OBJECTS = Path(CADENCE).parent / "obj/src/model"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "amd64"), reason="the instruction has another name here")
@pytest.mark.parametrize("name", ["prefetch", "select"])
def test_what_is_asked_of_memory_ahead_is_in_the_program(name):
    """gcc drops calls of functions that only prefetch, silently (src/model/fetch.h)."""
    asked = len(re.findall(r"(?:__builtin|index)_prefetch\(", (Path(ROOT) / f"src/model/{name}.c").read_text()))
    code = subprocess.run(["objdump", "-d", OBJECTS / f"{name}.o"], capture_output=True, text=True, check=True).stdout
    there = len(re.findall(r"\sprefetch\w+\s", code))
    assert asked >= 3 and there >= asked, (asked, there)
