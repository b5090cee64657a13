"""`make docs`, or `python -m docs.site --into FOLDER`: builds the documentation site, without network.

Exit 1 where a link or an anchor leads nowhere, with its place; the site of before then stays as it was.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from docs.site.finish import finish
from docs.site.llms import llms_txt
from docs.site.pages import DOCS, ROOT, lay_out

SITE = ROOT / ".stele" / "guide"


def build(into: Path, docs: Path = DOCS) -> int:
    """Sources are laid out in `into/source`; the site is in `into/html` once all of it is built. Answers the exit code."""
    source, built = into / "source", into / "html"
    pages = lay_out(source, docs)
    tool = Path(sys.executable).with_name("zensical")
    environment = {**os.environ, "NO_COLOR": "1"}
    ended = subprocess.run(
        [tool, "build", "--strict", "--clean"], cwd=source, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        print((ended.stdout + ended.stderr).partition("Traceback")[0].strip(), file=sys.stderr)
        return 1
    finish(source / "html", source / "pages", pages)
    (source / "html" / "llms.txt").write_text(llms_txt(source))
    shutil.rmtree(built, ignore_errors=True)
    (source / "html").replace(built)
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m docs.site", description=__doc__)
    parser.add_argument("--into", type=Path, default=SITE, help="the folder of the site and of its sources")
    into = parser.parse_args(arguments).into.absolute()
    code = build(into)
    if not code:
        print(f"{into / 'html' / 'index.html'}: open it, or see it under /guide of the service that starts next")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
