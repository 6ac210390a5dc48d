"""`python -m evidence [E1]`: ask the claims of real data, print, write `RESULTS.md`. Each in a process of its own, two at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from .ground import FOLDERS, HOME, ROOT, folder, heard

CLAIMS = ("E1", "E3", "E2")  # the longest first
RESULTS = ROOT / "evidence" / "RESULTS.md"
KEPT = HOME / "findings.json"
AT_ONCE = 2


def main() -> None:
    wanted = [name.upper() for name in sys.argv[1:] if name] or list(CLAIMS)
    for shop in FOLDERS:
        folder(shop)
    began = time.monotonic()
    kept: dict[str, dict[str, str]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        laid = list(pool.map(lambda shop: _run("evidence.lay", shop), FOLDERS))
        if any(code for code, _ in laid):
            sys.exit("the shops could not be laid")
        done = dict(zip(wanted, pool.map(lambda name: _run(f"evidence.{name.lower()}"), wanted), strict=True))
    for name, (code, said) in done.items():
        if not code:
            kept[name] = {"finding": said, "on": f"{datetime.now(UTC):%Y-%m-%d}"}
            print("\n".join(heard(said).text()), flush=True)
    KEPT.write_text(json.dumps(kept))
    RESULTS.write_text(_page(kept), encoding="utf-8")
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if failed := [name for name, (code, _) in done.items() if code]:
        sys.exit(f"failed: {', '.join(failed)}")


def _run(module: str, *words: str) -> tuple[int, str]:
    """Its exit code, and the last line it printed."""
    print(f"{module} {' '.join(words)} …", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


def _page(kept: dict[str, dict[str, str]]) -> str:
    lines = [
        "# Evidence",
        "",
        "What the product claims of effects and of what is to come, asked of real data whose truth is known; printed by `make evidence`.",
        "Every function asked is the product's own. Lots follow from keys and ids, and nothing here is drawn otherwise, so a run says the",
        "same wherever it runs. The data are read from where they lie (`AFTERWORD_DATA`), and none of them are in this repository.",
        "",
    ]
    for name in sorted(kept):
        lines += heard(kept[name]["finding"]).text()
        lines += [f"Asked on {kept[name]['on']}.", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
