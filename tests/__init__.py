"""Where Python may not keep what it compiles, each worker, and every program that a test starts, compiles all modules
anew: seconds, each time. So it may, from before the first module of ours is read."""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
