"""`python -m tests.elsewhere FOLDER MODULE ARGUMENTS…` becomes `python -m MODULE ARGUMENTS…` of the project in FOLDER, under the same process id."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    os.chdir(sys.argv[1])
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
