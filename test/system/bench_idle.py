#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench_idle.py BENCH: fwpdk-bench --cases=idle_tail measures every port that this machine can
make, given ones and those whose peer it starts itself. Times are its business; here
it counts that they are there, so that everything completed, that nothing is left behind, and
that doc/ports.md says the same of each port. bench_idle.py BENCH FILE: only the figures, into FILE."""
import glob
import json
import os
import sys

import sysnet

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import ports_table
from sysnet import check

COUNTS = [1, 31, 32, 33, 500]
OWN = {"net_null0", "net_ring0", "net_virtio_user0", "net_vhost0", "net_memif0"}
LEFT = "/tmp/fwpdk-bench-*"


def bench(program, devices, path):
    code, out, err = sysnet.run([program] + sysnet.eal(*devices, lcores=2) +
                                ["--cases=idle_tail", "--repetitions=1", "--json=" + path], 100)
    check(code == 0, "exit code %d\n%s%s" % (code, out, err))
    with open(path) as f:
        return json.load(f)


def main():
    program = sys.argv[1]
    sysnet.enter()
    before = set(glob.glob(LEFT))
    given = ["net_tap0,iface=dtap9"]
    for number, kind in enumerate(("af_packet", "af_xdp", "pcap")):
        sysnet.make_veth(number)
        given.append("net_%s0,iface=v%d" % (kind, number))
    facts = sys.argv[2] if len(sys.argv) > 2 else None
    result = bench(program, given, facts or os.path.join(sysnet.tmp, "idle.json"))
    cases = {c["port"]: c for c in result["cases"]}
    expected = OWN | {d.split(",")[0] for d in given}
    left_out = {x["port"]: x["reason"] for x in result["left_out"]}
    check(set(cases) == expected, "measured %s, left out %s" % (sorted(cases), left_out))
    check(set(left_out) == {"nicmodel"}, "left out: %s" % left_out)
    for port, c in sorted(cases.items()):
        check([b["n"] for b in c["by_nbls"]] == COUNTS, "%s: %s" % (port, c))
        for b in c["by_nbls"]:
            check(0 < b["p50_us"] <= b["p99_us"] <= b["max_us"], "%s: %s" % (port, b))
        check(c["idle_bound_us"] >= 0 or c["strategy"] == "receiver", "%s: no bound" % port)
        wrong = ports_table.differs(c["driver"], c["mode"], c["strategy"], c["idle_bound_us"])
        check(facts or not wrong, wrong)
        print("%s: %s, %s, bound %d us, p50 of %s NBLs: %s us" % (
            port, c["mode"], c["strategy"], c["idle_bound_us"], COUNTS,
            [b["p50_us"] for b in c["by_nbls"]]))
    check(set(glob.glob(LEFT)) <= before, "its directory is still there")


main()
