"""How far these tests go: a minute of them in `make test`, all of them in `make torture`."""

import os

THOROUGH = bool(os.environ.get("TELVERTEL_THOROUGH"))
