"""What R said of made-up answers, kept in a file; ``python -m tests.oracles.golden`` asks it anew.

Each case holds what was answered and, under ``r``, what R made of it; ``bca`` and ``percentile`` are our own resampled
intervals, kept so that the same seed gives the same numbers for ever.
"""

import json
import random
import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FILE = HERE / "golden.json"


def golden(kind):
    """Return the kept cases of one kind: ``paired``, ``kappa`` or ``alpha``."""
    return _kept()[kind]


@cache
def _kept():
    return json.loads(FILE.read_text(encoding="utf-8"))


def ask_r(cases):
    """Return what R makes of cases now, by kind and name."""
    said = subprocess.run(
        ["Rscript", "--vanilla", str(HERE / "measures.R")],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    return {kind: {one.pop("name"): one for one in found} for kind, found in json.loads(said.stdout).items()}


# ------------------------------------------------------------------ making them
def made():
    """Return the cases: every n from 0 to 40, ties, zeros, columns that do not vary, missing halves, halves of steps."""
    dice = random.Random(2019)  # noqa: S311 - made-up answers
    cases = []
    for n in range(41):
        first = [dice.randint(1, 5) for _ in range(n)]
        last = [min(5, max(1, one + dice.choice([-1, 0, 0, 1, 1, 2]))) for one in first]
        cases.append({"name": f"steps-{n}", "first": first, "last": last})
    for n in (6, 13, 20, 33, 40):
        first, last = ([dice.randint(4, 20) / 4 for _ in range(n)] for _ in range(2))
        cases.append({"name": f"quarters-{n}", "first": first, "last": last})
        holes = [[None if dice.random() < 0.25 else one for one in side] for side in (first, last)]
        cases.append({"name": f"missing-{n}", "first": holes[0], "last": holes[1]})
    for n in (2, 7, 24):
        cases.append({"name": f"unchanged-{n}", "first": [3] * n, "last": [3] * n})
        cases.append({"name": f"all-alike-{n}", "first": [2] * n, "last": [3] * n})
        cases.append(
            {"name": f"constant-first-{n}", "first": [3] * n, "last": [3 + at % 3 - (at == 1) for at in range(n)]}
        )
    cases += [
        {"name": "one-of-many", "first": [3] * 22, "last": [3] * 21 + [4]},
        {"name": "all-up-untied", "first": [0] * 12, "last": list(range(1, 13))},
        {"name": "mostly-zeros", "first": [3] * 20, "last": [3] * 14 + [4, 4, 5, 2, 4, 4]},
        {
            "name": "many",
            "first": [dice.randint(1, 5) for _ in range(150)],
            "last": [dice.randint(2, 5) for _ in range(150)],
        },
    ]
    codes = [{"name": "rare", "first": list("a" * 19 + "b"), "second": list("a" * 18 + "ba")}]
    for n in (5, 12, 40, 200):
        first = [dice.choice("aabc") for _ in range(n)]
        codes.append(
            {"name": f"codes-{n}", "first": first, "second": [dice.choice([one, one, "b", "c"]) for one in first]}
        )
    units = [
        "111",
        "2232",
        "3333",
        "3333",
        "2222",
        "1234",
        "4444",
        "1121",
        "2222",
        "555",
        "11",
        "3",
    ]  # Krippendorff (2011)
    read = [{"name": "four-coders", "units": units}, {"name": "seldom", "units": ["00"] * 30 + ["01", "11"]}]
    for n in (8, 30, 120):
        whole = [(dice.choice("0001"), dice.randint(2, 3)) for _ in range(n)]
        texts = ["".join(dice.choice([value] * 5 + ["0", "1"]) for _ in range(coders)) for value, coders in whole]
        read.append({"name": f"texts-{n}", "units": texts})
    return {"paired": cases, "kappa": codes, "alpha": read}


def ends_of(found):
    """Return the ends of an interval; None where there is none."""
    return found and list(found.ends)


def main():
    """Write the file anew, from R."""
    from projections.measures.agreement import interval_of_alpha, interval_of_kappa
    from projections.measures.intervals import LEAST_FOR_BOOTSTRAP, bca_interval
    from tests.oracles.pairs import changes_of, pairs_in

    cases = made()
    said = ask_r(cases)
    for kind, found in cases.items():
        for one in found:
            one["r"] = said[kind][one["name"]]
    for one in cases["paired"]:
        changes = changes_of(pairs_in(one))
        one["bca"] = bca_interval(changes) if len(changes) >= LEAST_FOR_BOOTSTRAP else None
    for one in cases["kappa"]:
        one["percentile"] = ends_of(interval_of_kappa(zip(one["first"], one["second"], strict=True)))
    for one in cases["alpha"]:
        one["percentile"] = ends_of(interval_of_alpha(one["units"]))
    lines = ",\n".join(
        f'"{kind}": [\n' + ",\n".join(json.dumps(one) for one in found) + "\n]" for kind, found in cases.items()
    )
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
