#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""two_ports.py SENDER: two ports, two pollers, three injecting threads, and lists whose two
packets leave by different ports. Order per thread and flow holds at both receivers."""
import sys

import sysnet
import sysudp
from sysudp import Target

COUNT, THREADS, FLOWS = 500, 3, 4


def main():
    program = sys.argv[1]
    sysnet.enter()
    ns = [sysnet.make_veth(0), sysnet.make_veth(1)]
    eal = sysnet.eal(*("net_af_packet%d,iface=v%d,qpairs=2" % (i, i) for i in range(2)))
    for version in (4, 6):
        targets = [Target(i, i, version) for i in range(2)]
        nbls = COUNT * THREADS * FLOWS
        s = sysudp.exchange(
            program, eal, [(ns[i], [targets[i]]) for i in range(2)],
            ["--shape=nbs", "--count=%d" % COUNT, "--threads=%d" % THREADS, "--flows=%d" % FLOWS,
             "--pollers=2"], 2 * nbls, nbls, "IPv%d, two packets per list, two ports" % version)
        sysnet.check(s["packets"] == 2 * nbls, "%d packets" % s["packets"])
        sysnet.check(s["least_poller"] > 0, "one poller had nothing to do: choose other flows")
        print("  the less busy of two pollers completed %d of %d" % (s["least_poller"], nbls))


main()
