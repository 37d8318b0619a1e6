#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""shared_data.py SENDER: packets that share memory. Two NET_BUFFERs over one MDL (the room
in front of the second is the first one's data), and a list with two clones of it in flight."""
import sys

import sysnet
import sysudp
from sysudp import Target

COUNT = 1500


def main():
    program = sys.argv[1]
    sysnet.enter()
    ns = sysnet.make_veth(0)
    eal = sysnet.eal("net_af_packet0,iface=v0")
    both = [Target(0, 0, version) for version in (4, 6)]
    for mode in ("auto", "copy"):
        args = ["--count=%d" % COUNT, "--flows=2", "--mode=" + mode]
        n = 2 * COUNT
        s = sysudp.exchange(program, eal, [(ns, both)], args + ["--shape=shared"], 2 * n, n,
                            "two NET_BUFFERs over one MDL")
        sysnet.check(mode == "copy" or s["header_mbufs"] == 2 * n,
                     "header mbufs %d: shared memory was taken for backfill" % s["header_mbufs"])
        s = sysudp.exchange(program, eal, [(ns, both)], args + ["--shape=clones"], 3 * n, 3 * n,
                            "a list and two clones", copies=3)
        sysnet.check(s["together"] == n, "in flight together: %d of %d" % (s["together"], n))
        sysnet.check(mode == "copy" or s["header_mbufs"] == 3 * n,
                     "header mbufs %d: shared memory was taken for backfill" % s["header_mbufs"])
        print("  %d times all three were in flight at once" % n)


main()
