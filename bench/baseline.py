"""The pool that people start from: CPython threads, a fixed number, one file each.

    python3 baseline.py WORKERS WAIT_MS PASSES < paths

Reads paths, one a line, hashes each file PASSES times after a wait of WAIT_MS and prints one JSON
line. The clock runs from the first submit to the last answer.
"""

import hashlib
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor


def main(workers: int, wait_s: float, passes: int) -> None:
    def scan(path: str) -> str:
        if wait_s:
            time.sleep(wait_s)
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    paths = sys.stdin.read().splitlines() * passes
    with ThreadPoolExecutor(workers) as pool:
        start = time.perf_counter()
        digests = list(pool.map(scan, paths))
        elapsed = time.perf_counter() - start
    print(json.dumps({"files": len(digests), "elapsed_ms": elapsed * 1000, "last": digests[-1]}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]) / 1000, int(sys.argv[3]))
