"""Whether the results of a run agree: agree.py RESULTS. Prints a table; the exit code is 1 when one does not."""

import sys

import results

# A figure may differ from ours by this share: whole, and any one district (of which at least a km2 is counted).
RULES = {
    "straight": (1e-9, 1e-9, "GEOS overlay, the same rule of area: the oracle"),
    "equal": (1e-6, 1e-5, "edges straight in the equal-area projection instead"),
    "geodesic": (1.6e-6, 3e-5, "edges are geodesics once the overlay is made"),
    "postgis": (1.6e-6, 3e-5, "edges are geodesics once the overlay is made"),
    "duckdb": (1.6e-6, 3e-5, "edges are geodesics once the overlay is made"),
}


def differences(ours: dict, theirs: dict) -> tuple[float, float, int]:
    """The largest relative differences, of the whole and of a district, and how many figures were compared."""
    whole, worst, count = 0.0, 0.0, 0
    for year, row in theirs.items():
        own = ours.get(year, {"whole": 0.0, "districts": {}})
        whole = max(whole, abs(own["whole"] - row["whole"]) / max(row["whole"], 1e6))
        for name in own["districts"].keys() | row["districts"].keys():
            a, b = own["districts"].get(name, 0.0), row["districts"].get(name, 0.0)
            worst = max(worst, abs(a - b) / max(abs(b), 1e6))
            count += 1
    return whole, worst, count


def balances(found: list[results.Result]) -> list[tuple]:
    own = {r.set: r for r in found if r.job == "balance" and r.peer == "mineban" and not r.failed}
    rows = []
    for result in (r for r in found if r.job == "balance" and r.peer != "mineban" and not r.failed):
        ours = own.get(result.set)
        if ours is None:
            rows.append((result.set, result.peer, "nothing of ours to compare it with", "", False))
            continue
        bound_whole, bound_district, why = RULES[result.peer.split()[-1]]
        whole, worst, count = differences(ours.first["closing"], result.first["closing"])
        holds = whole <= bound_whole and worst <= bound_district
        told = f"whole {whole:.1e} (allowed {bound_whole:.1e}), worst of {count:,} districts and years {worst:.1e} (allowed {bound_district:.1e})"
        rows.append((result.set, result.peer, told, why, holds))
    for ours in own.values():
        same = all(run["closing"] == ours.first["closing"] for run in ours.runs)
        rows.append((ours.set, "mineban", f"{len(ours.runs)} runs give the same figures", "to the last digit", same))
        outside = max(abs(row["outside"] or 0.0) for row in ours.first["closing"].values())
        rows.append((ours.set, "mineban", f"{outside:g} m² outside every district", "the districts cover all ground", outside < 1.0))
    return rows


def counts(found: list[results.Result]) -> list[tuple]:
    rows = []
    for job, field in (("read", "rows"), ("tiles", "tiles")):
        for ours in (r for r in found if r.job == job and r.peer == "mineban" and not r.failed):
            for other in (r for r in found if (r.set, r.job) == (ours.set, job) and r is not ours and not r.failed):
                count = lambda r: r.first[field] if job == "read" else sum(z["tiles"] for z in r.first["zooms"].values())
                a, b = count(ours), count(other)
                allowed = 0 if job == "read" else b // 100
                why = "the same features" if job == "read" else "tiles that hold anything; ours draws points where theirs has slivers"
                rows.append((ours.set, other.peer, f"{job}: {b:,} {field}, ours {a:,}", why, abs(a - b) <= allowed))
    return rows


def main():
    found = results.load(sys.argv[1])
    rows = balances(found) + counts(found)
    print("| data | with | difference | why it is as it is | holds |\n| --- | --- | --- | --- | --- |")
    for name, peer, told, why, holds in rows:
        print(f"| {name} | {peer} | {told} | {why} | {'yes' if holds else '**no**'} |")
    sys.exit(not all(holds for *_, holds in rows))


main()
