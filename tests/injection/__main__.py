"""``python -m tests.injection --every 3 --minutes 10``: strike every third call of each kind with each fault."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.injection import CALLS, FAULTS, Point, Trial


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", default=",".join(CALLS))
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--every", type=int, default=1, help="strike one call in so many")
    parser.add_argument("--opens", type=int, default=40, help="strike one openat in so many: most are imports")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many; the points come in any order")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder))
        print("calls:", trial.counts)
        points = [
            Point(call, number, fault)
            for call in options.calls.split(",")
            for number in range(1, trial.counts[call] + 1, options.opens if call == "openat" else options.every)
            for fault in options.faults.split(",")
        ]
        random.Random(13).shuffle(points)
        end, struck = time.monotonic() + (options.minutes or 1e6) * 60, []
        for point in points:
            if time.monotonic() > end:
                break
            struck.append(one := trial.strike(point))
            if one.code == 70:
                print(f"70 {point} {one.reached}\n  {one.said}", flush=True)
            if one.wrong:
                print(f"{point} {one.code} {one.reached}\n  {'; '.join(one.wrong)}\n  {one.said}", flush=True)
    hit, bad = [one for one in struck if one.reached], [one for one in struck if one.wrong]
    print(f"aimed {len(struck)} of {len(points)}, struck {len(hit)}, kept {len(hit) - len(bad)}, broken {len(bad)}")
    print("exit codes:", dict(sorted(Counter(one.code for one in hit).items())))
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
