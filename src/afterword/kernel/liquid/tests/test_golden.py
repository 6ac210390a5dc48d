"""python-liquid's own golden cases, compiled and interpreted. Fetched by name, version and hash, and kept out of the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from afterword.kernel.liquid.tests.samples import WAYS, outcomes

# The last release whose source distribution carries its golden cases.
RELEASE = "python-liquid==1.13.0"
HASH = "sha256:c158fbaad6dd41c49de7cff34e3611bff7211326fb3049322d27673e1d66e166"
FEWEST = 900


def fetched() -> Path:
    """The source distribution, in the cache of this machine. Skips where the registry cannot be reached."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "afterword" / "golden"
    found = cache / f"{RELEASE.replace('-', '_').replace('==', '-')}.tar.gz"
    if not found.exists():
        cache.mkdir(parents=True, exist_ok=True)
        wish = cache / "wish.txt"
        wish.write_text(f"{RELEASE} --hash={HASH}\n")
        asked = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            "python-liquid",
            "-r",
            str(wish),
            "-d",
            str(cache),
        ]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=240)
        if done.returncode:
            pytest.skip(f"the golden cases of {RELEASE} cannot be fetched here: {done.stderr.strip().splitlines()[-1:]}")
    return found


def cases(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """Every case with the name of its file. The files import their own shape, which is laid where they look for it."""
    with tarfile.open(archive) as tar:
        sources = {Path(m.name).stem: tar.extractfile(m).read() for m in tar if "/golden/" in m.name and m.name.endswith(".py")}  # type: ignore[union-attr]
    shape = ModuleType("liquid.golden.case")
    monkeypatch.setitem(sys.modules, "liquid.golden", ModuleType("liquid.golden"))
    monkeypatch.setitem(sys.modules, "liquid.golden.case", shape)
    exec(sources.pop("case"), shape.__dict__)  # noqa: S102  # its hash is known
    del sources["__init__"]
    for name, source in sorted(sources.items()):
        module: dict[str, Any] = {}
        exec(source, module)  # noqa: S102
        yield from ((name, case) for case in module["cases"])


@pytest.mark.slow
def test_every_golden_case_comes_out_the_same_in_every_way_of_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(cases(fetched(), monkeypatch))
    differ = []
    for name, case in found:
        for way in WAYS:
            one, other = outcomes(way, case.template, case.globals, case.partials)
            if one != other:
                differ.append((name, case.description, way, one, other))
    print(f"{len(found)} golden cases in {len(WAYS)} ways: {len(found) * len(WAYS) - len(differ)} equal, {len(differ)} not")
    assert len(found) >= FEWEST
    assert not differ
