#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""kernel_udp.py SENDER tap|af_packet|af_xdp|pcap: the kernel's UDP sockets behind a port
get every datagram, whole and in order: IPv4 and IPv6, 1 to 4 MDLs, with backfill and without.
"""
import sys

import sysnet
import sysudp
from sysudp import Target

COUNT = 2000


def main():
    program, kind = sys.argv[1:3]
    sysnet.enter()
    after = ns = None
    if kind == "tap":
        mac = "02:00:00:00:77:02"
        eal = sysnet.eal("net_tap0,iface=dtap0,mac=" + mac)
        after = sysudp.device_up("dtap0", 0)
    else:
        mac = None
        ns = sysnet.make_veth(0)
        eal = sysnet.eal("net_%s0,iface=v0" % kind)
    both = [Target(0, 0, version, mac) for version in (4, 6)]

    for name, flows, more in (("one thread", 2, []), ("3 injecting threads", 4, ["--threads=3"])):
        threads = 3 if "--threads=3" in more else 1
        n = COUNT * flows * threads
        sysudp.exchange(program, eal, [(ns, both)], ["--count=%d" % COUNT, "--flows=%d" % flows] +
                        more, n, n, "net_%s, IPv4 and IPv6, %s" % (kind, name), after_start=after)
    sysudp.exchange(program, eal, [(ns, both)], ["--count=%d" % COUNT, "--flows=2", "--mode=copy"],
                    2 * COUNT, 2 * COUNT, "net_%s, copy mode" % kind, after_start=after)
    sysudp.notices_loss(program, eal, both, ns, 400, after)


main()
