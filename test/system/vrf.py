#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""vrf.py TESTPMD: two VRFs of the kernel, in which the same addresses, gateways and prefixes lead to two
different hosts, are two compartments; what is injected into one arrives at its host only, and
interfaces that change their VRF take their routes along."""
import os
import sys

import sysnet
from sysnet import check, ip
from sysnetlink import Session, arrived, datagram, receive, replay
from syspackets import write_pcap

VRFS = {"red": 1001, "blue": 1002}
MIRROR = ["--netlink=v0:0:1001,v1:1:1002"]
HERE, THERE = ("10.77.0.1", "fd77::1"), ("10.77.0.2", "fd77::2")
FAR, PREFIX = ("70.0.0.1", "2001:db8::1"), ("70.0.0.0/8", "2001:db8::/32")
N = 50


def addresses(device, both, ns=None):
    for address, length in zip(both, (24, 64)):
        family, more = ("-6", ["nodad"]) if ":" in address else ("-4", [])
        ip(family, "addr", "replace", "%s/%d" % (address, length), "dev", device, *more, ns=ns)


def routes(vrf, device):
    """With the IPv6 address, which goes with the link or the VRF."""
    addresses(device, HERE)
    for prefix, gateway in zip(PREFIX, THERE):
        ip("-6" if ":" in prefix else "-4", "route", "replace", prefix, "via", gateway, "vrf", vrf)


def network():
    """v0 in red, v1 in blue: nothing but their names and MACs tells the two apart."""
    namespaces = []
    for i, (vrf, table) in enumerate(VRFS.items()):
        rc, _, err = sysnet.run(["ip", "link", "add", vrf, "type", "vrf", "table", str(table)])
        if rc:
            sysnet.skip("this kernel has no VRFs: " + err.strip())
        ip("link", "set", vrf, "up")
        ns = sysnet.make_netns()
        ip("link", "add", "v%d" % i, "address", sysnet.MAC_PORT % i, "type", "veth", "peer", "name",
           "w", "address", sysnet.MAC_PEER % i, "netns", ns)
        ip("link", "set", "v%d" % i, "master", vrf, "up")
        ip("link", "set", "w", "up", ns=ns)
        addresses("w", THERE, ns)
        addresses("lo", FAR, ns)
        routes(vrf, "v%d" % i)
        namespaces.append(ns)
    return namespaces


def neighbours(s):
    """Set when the port is started, which sets its MAC: with that Linux forgets neighbours."""
    for i in range(2):
        for address in THERE:
            ip("neigh", "replace", address, "lladdr", sysnet.MAC_PEER % i, "dev", "v%d" % i)
    s.shows("neigh show", *["v%d %s 02:00:00:00:%02x:02" % (i, a, i) for i in range(2) for a in THERE])


def leads(s, vrf, device):
    """Where the routes of a VRF lead: through the device, or nowhere (None)."""
    line = "route show compartment %d" % VRFS[vrf]
    via = [r"%s dev %s via %s " % (p, device, t) for p, t in zip(PREFIX, THERE)]
    other = {"v0": "v1", "v1": "v0"}.get(device, "v[01]")
    s.shows(line, *(via if device else ()), absent=["dev %s via" % other])


def moves(program):
    """As the kernel's administrator would: out of the VRF, back, into the other one, and without any."""
    s = Session(program, "net_af_packet0,iface=v0", "net_af_packet1,iface=v1", options=MIRROR)
    for vrf, device in (("red", "v0"), ("blue", "v1")):
        leads(s, vrf, device)
    ip("link", "set", "v1", "master", "red")
    leads(s, "blue", None)
    leads(s, "red", "v0")
    ip("route", "add", "71.0.0.0/8", "via", THERE[0], "dev", "v1", "vrf", "red")
    s.shows("route show compartment 1001", r"71\.0\.0\.0/8 dev v1 via 10\.77\.0\.2 ")
    s.shows("if show", "v1 port 1 .*compartment 1001")
    ip("link", "set", "v1", "master", "blue")
    s.shows("route show compartment 1001", absent=[r"71\.0\.0\.0/8"])
    s.shows("if show", "v1 port 1 .*compartment 1002")
    routes("blue", "v1")
    leads(s, "blue", "v1")
    ip("link", "set", "v0", "down")  # what VRFs share in their addresses, they must not in routes
    leads(s, "red", None)
    leads(s, "blue", "v1")
    ip("link", "set", "v0", "up")
    routes("red", "v0")
    leads(s, "red", "v0")
    ip("link", "del", "red")
    leads(s, "red", None)
    leads(s, "blue", "v1")
    ip("link", "add", "red", "type", "vrf", "table", str(VRFS["red"]))
    ip("link", "set", "red", "up")
    ip("link", "set", "v0", "master", "red")
    routes("red", "v0")
    leads(s, "red", "v0")
    t = s.value("/fwpdk/netlink")["0"]
    check(t["interfaces"] == 2 and t["failed"] == 0, str(t))
    s.quit()
    print("interfaces leave VRFs and come back, VRFs go and come back: the routes do as the kernel's")


def arrives(program, namespaces):
    path = os.path.join(sysnet.tmp, "both.pcap")
    write_pcap(path, [datagram(HERE[k % 2], FAR[k % 2], 10000 + k, 7000) for k in range(2 * N)])
    want = [sorted(str(10000 + k) for k in range(v, 2 * N, 2)) for v in range(2)]
    for i, (vrf, table) in enumerate(VRFS.items()):
        ears = [receive(ns, a, 7000) for ns in namespaces for a in FAR]
        replay(program, MIRROR + ["--replay-file=" + path, "--compartment=%d" % table], 2 * N,
               neighbours)
        seen = [sorted(x) for x in arrived(ears, 2 * N)]
        check(seen == (want + [[], []] if i == 0 else [[], []] + want), "%s: %s" % (vrf, seen))
        print("compartment %d is %s: %d IPv4 and %d IPv6 packets arrived there, none in the other" %
              (table, vrf, N, N))


def main():
    program = sys.argv[1]
    sysnet.enter()
    namespaces = network()
    arrives(program, namespaces)
    moves(program)


main()
