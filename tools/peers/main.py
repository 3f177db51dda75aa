"""`main.py [PART [OPTION...]]`: runs the parts of the benchmark; see tools/bench-peers."""

import importlib
import sys

PARTS = ["steps", "loss", "own", "pictures"]
OTHERS = ["classical", "folder", "report"]


def main(arguments):
    if not arguments:
        for part in [*PARTS, "report"]:
            importlib.import_module(part).main([])
    elif arguments[0] in PARTS + OTHERS:
        importlib.import_module(arguments[0]).main(arguments[1:])
    else:
        sys.exit(f"bench-peers: no part '{arguments[0]}'; use one of {', '.join(PARTS + OTHERS)}, or none for all")


if __name__ == "__main__":
    main(sys.argv[1:])
