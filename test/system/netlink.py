#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""netlink.py TESTPMD SYS_MIRROR: the kernel's tables mirrored: ip addr, link, neigh, route and
nexthop followed, packets routed by source, what the host set itself left alone, and packets while routes change."""
import os
import select
import sys

import sysmirror
import sysnet
from sysnet import check, ip
from sysnetlink import Session, arrived, datagram, receive, replay
from syspackets import write_pcap

NH = "02:00:00:00:00:%02x"


def network():
    """v0, v1 here with addresses 10.77.N.1, w0, w1 in namespaces of their own with 10.77.N.2."""
    ns = [sysnet.make_veth(i) for i in range(2)]
    for i in range(2):
        ip("addr", "add", "10.77.%d.1/24" % i, "dev", "v%d" % i)
        ip("-6", "addr", "add", "fd77:%x::1/64" % i, "dev", "v%d" % i, "nodad")
    return ns


def follows(s):
    """Every kind of change, seen at the prompt."""
    s.shows("if show", "v0 port 0 mtu 1500 mac 02:00:00:00:00:01 compartment 1",
            "v1 port 1", absent=["if0", "if1"])
    s.routes(r"10\.77\.0\.0/24 dev v0 compartment 1", r"fd77:1::/64 dev v1", absent=["0.0.0.0/0"])
    for i in range(2):
        ip("neigh", "add", "10.77.%d.2" % i, "lladdr", sysnet.MAC_PEER % i, "dev", "v%d" % i)
    ip("neigh", "add", "fd77:0::2", "lladdr", NH % 2, "dev", "v0")
    s.shows("neigh show", r"v0 10\.77\.0\.2 02:00:00:00:00:02", r"v1 10\.77\.1\.2 ", "v0 fd77::2 ")
    ip("neigh", "replace", "fd77:0::2", "lladdr", NH % 3, "dev", "v0")
    s.shows("neigh show", "v0 fd77::2 02:00:00:00:00:03")
    ip("neigh", "del", "fd77:0::2", "dev", "v0")
    s.shows("neigh show", absent=["fd77::2"])
    # metrics: the lower one wins, the other one is there when it goes
    ip("route", "add", "20.0.0.0/8", "via", "10.77.0.2", "metric", "100")
    s.routes(r"20\.0\.0\.0/8 dev v0 via 10\.77\.0\.2")
    ip("route", "add", "20.0.0.0/8", "via", "10.77.1.2", "metric", "50")
    s.routes(r"20\.0\.0\.0/8 dev v1 via 10\.77\.1\.2")
    ip("route", "del", "20.0.0.0/8", "metric", "50")
    s.routes(r"20\.0\.0\.0/8 dev v0 via 10\.77\.0\.2")
    ip("route", "replace", "20.0.0.0/8", "via", "10.77.0.9", "metric", "100")
    s.routes(r"20\.0\.0\.0/8 dev v0 via 10\.77\.0\.9")
    ip("route", "add", "blackhole", "20.1.0.0/16")
    s.routes(r"20\.1\.0\.0/16 unreachable")
    # multipath of both families, and nexthop objects
    ip("route", "add", "30.0.0.0/8", "nexthop", "via", "10.77.0.2", "weight", "3",
       "nexthop", "via", "10.77.1.2")
    s.routes(r"30\.0\.0\.0/8 compartment 1\n +dev v0 via 10\.77\.0\.2 weight 3\n"
             r" +dev v1 via 10\.77\.1\.2 weight 1")  # one message, one order
    ip("-6", "route", "add", "2001:db8::/32", "via", "fd77:0::2")
    ip("-6", "route", "append", "2001:db8::/32", "via", "fd77:1::2")
    for via in ("fd77::2", "fd77:1::2"):  # in the order in which the kernel tells of them, which varies
        s.routes(r"2001:db8::/32 compartment 1\n(.*\n)?.*via %s " % via)
    ip("-6", "route", "del", "2001:db8::/32", "via", "fd77:0::2")
    s.routes(r"2001:db8::/32 dev v1 via fd77:1::2")
    for i in range(2):
        ip("nexthop", "add", "id", str(i + 1), "via", "10.77.%d.2" % i, "dev", "v%d" % i)
    ip("nexthop", "add", "id", "9", "group", "1/2")
    ip("route", "add", "40.0.0.0/8", "nhid", "9")
    s.routes(r"40\.0\.0\.0/8 compartment 1\n.*dev v0 .*\n.*dev v1 ")
    ip("nexthop", "replace", "id", "1", "via", "10.77.0.7", "dev", "v0")
    s.routes(r"40\.0\.0\.0/8 compartment 1\n(.*\n)?.*dev v0 via 10\.77\.0\.7 ")
    ip("nexthop", "del", "id", "1")
    s.routes(r"40\.0\.0\.0/8 dev v1 via 10\.77\.1\.2")
    ip("nexthop", "del", "id", "2")
    s.routes(absent=[r"40\.0\.0\.0/8"])
    # of an interface that is not mirrored nothing is known
    ip("link", "add", "other", "type", "veth", "peer", "name", "rehto")
    ip("addr", "add", "10.99.0.1/24", "dev", "other")
    ip("link", "set", "rehto", "up")
    ip("link", "set", "other", "up")
    ip("route", "add", "50.0.0.0/8", "via", "10.99.0.2")
    ip("route", "add", "51.0.0.0/8", "via", "10.77.0.2")
    s.routes(r"51\.0\.0\.0/8", absent=[r"50\.0\.0\.0/8", r"10\.99"])
    ip("link", "set", "v1", "mtu", "1400")
    s.shows("if show", "v1 port 1 mtu 1400")
    print("followed: addresses, neighbours, metrics, multipath, nexthop objects, blackholes, MTU")


def host_first(s):
    """What the prompt sets hides the mirror's until it is taken away."""
    s.ask_prompt("route add 51.0.0.0/8 dev v1 via 10.77.1.2")
    ip("route", "replace", "51.0.0.0/8", "via", "10.77.0.9")
    ip("route", "add", "52.0.0.0/8", "via", "10.77.0.9")
    s.routes(r"52\.0\.0\.0/8", r"51\.0\.0\.0/8 dev v1 via 10\.77\.1\.2")
    check("belongs to the mirror" in s.ask_prompt("route del 52.0.0.0/8"), "a mirrored route went")
    s.ask_prompt("route del 51.0.0.0/8")
    s.routes(r"51\.0\.0\.0/8 dev v0 via 10\.77\.0\.9")
    s.ask_prompt("neigh add v0 10.77.0.50 " + NH % 0x50)
    ip("neigh", "replace", "10.77.0.50", "lladdr", NH % 0x51, "dev", "v0")
    ip("neigh", "replace", "10.77.0.51", "lladdr", NH % 0x51, "dev", "v0")
    s.shows("neigh show", r"10\.77\.0\.51 .*:51", r"10\.77\.0\.50 .*:50")
    s.ask_prompt("neigh del v0 10.77.0.50")
    s.shows("neigh show", r"10\.77\.0\.50 .*:51")
    print("what the host sets itself is left alone, and gives back what it hid")


def links(s):
    """Down takes an interface's routes; gone and back is followed too."""
    ip("route", "add", "60.0.0.0/8", "nexthop", "via", "10.77.0.2", "nexthop", "via", "10.77.1.2")
    s.routes(r"60\.0\.0\.0/8 compartment 1\n")
    ip("link", "set", "v1", "down")
    s.routes(r"60\.0\.0\.0/8 dev v0 via", absent=["dev v1"])
    ip("link", "set", "v1", "up")
    s.routes(r"10\.77\.1\.0/24 dev v1")
    ip("addr", "add", "10.78.0.1/24", "dev", "v1")
    s.routes(r"10\.78\.0\.0/24 dev v1")
    ip("addr", "del", "10.78.0.1/24", "dev", "v1")
    s.routes(absent=[r"10\.78\.0\.0/24"])
    ip("link", "add", "late", "type", "veth", "peer", "name", "etal")
    s.ask_prompt("netlink close")
    s.shows("if show", absent=["v0", "v1"])
    s.routes(absent=[r"\d/\d"])
    s.ask_prompt("netlink open v0:0,later:1")
    s.shows("if show", "v0 port 0", absent=["later"])
    ip("addr", "add", "10.80.0.1/24", "dev", "late")
    ip("link", "set", "etal", "up")
    ip("link", "set", "late", "name", "later", "up")
    s.routes(r"10\.80\.0\.0/24 dev later")
    ip("link", "del", "later")
    s.shows("if show", "v0 port 0", absent=["later"])
    s.ask_prompt("netlink close")
    print("links down, up, renamed, gone: followed; closed: nothing is left behind")


def telemetry(s):
    t = s.value("/fwpdk/netlink")["0"]
    check(t["interfaces"] == 2 and t["installed"] >= 4 and t["resyncs"] >= 1 and t["failed"] == 0,
          str(t))
    r = s.value("/fwpdk/routes")
    check(r["1"]["ipv4"] >= 2 and r["1"]["ipv6"] >= 2, str(r))
    n = s.value("/fwpdk/neighbours")
    check(n["mirrored"] >= 2 and n["neighbours"] >= n["mirrored"], str(n))
    i = s.value("/fwpdk/interfaces")
    check(i["v0"]["port"] == 0 and i["v0"]["mirrored"] == 1 and i["v1"]["mtu"] == 1400, str(i))


def with_neighbours(before=lambda s: None):
    """Starting the port sets its MAC, and with that Linux forgets the neighbours: so they are set after it."""
    def both(s):
        for i in range(2):
            ip("neigh", "replace", "10.77.%d.2" % i, "lladdr", sysnet.MAC_PEER % i, "dev", "v%d" % i)
        s.shows("neigh show", r"10\.77\.0\.2 02", r"10\.77\.1\.2 02")
        before(s)
    return both


def multipath(ns, program):
    """200 flows to an address behind both interfaces: each arrives once, either way is used."""
    for i in range(2):
        ip("addr", "add", "70.0.0.1/32", "dev", "lo", ns=ns[i])
        sysnet.run(["sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0",
                    "net.ipv4.conf.w%d.rp_filter=0" % i], ns=ns[i])
    ip("route", "replace", "70.0.0.0/8", "nexthop", "via", "10.77.0.2", "nexthop", "via",
       "10.77.1.2")
    receivers = [receive(n, "70.0.0.1", 7000) for n in ns]
    path = os.path.join(sysnet.tmp, "flows.pcap")
    write_pcap(path, [datagram("10.77.0.1", "70.0.0.1", 10000 + k, 7000) for k in range(200)] * 2)
    replay(program, ["--netlink=v0:0,v1:1", "--replay-file=" + path], 400, with_neighbours())
    seen = [set(x) for x in arrived(receivers, 400)]
    check(not seen[0] & seen[1] and len(seen[0] | seen[1]) == 200, "flows took both ways")
    check(min(len(x) for x in seen) > 50, "badly shared: %s" % [len(x) for x in seen])
    print("multipath: 200 flows, 2 packets each: %d one way, %d the other, none both" %
          (len(seen[0]), len(seen[1])))


def rules_follow(s):
    """Rules come and go, of both families; their tables are ours as long as they are named."""
    ip("rule", "add", "from", "10.77.1.0/24", "lookup", "200", "priority", "100")
    s.shows("rule show", r"100 from 10\.77\.1\.0/24 lookup 200 compartment 1 mirrored")
    s.shows("route show compartment 200", r"70\.0\.0\.0/8 dev v1 via 10\.77\.1\.2 compartment 200")
    ip("route", "add", "throw", "70.9.0.0/16", "table", "200")
    s.shows("route show compartment 200", r"70\.9\.0\.0/16 throw compartment 200")
    ip("-6", "addr", "replace", "fd77:1::1/64", "dev", "v1", "nodad")  # went when v1 was down
    ip("-6", "rule", "add", "from", "fd77:1::/64", "to", "2001:db8::/32", "lookup", "201")
    ip("-6", "route", "add", "2001:db8:5::/48", "via", "fd77:1::2", "table", "201")
    s.shows("rule show", r"from fd77:1::/64 to 2001:db8::/32 lookup 201 compartment 1 mirrored")
    s.shows("route show compartment 201", r"2001:db8:5::/48 dev v1 via fd77:1::2 compartment 201")
    ip("-6", "rule", "del", "from", "fd77:1::/64", "to", "2001:db8::/32", "lookup", "201")
    s.shows("rule show", absent=["lookup 201"])
    s.shows("route show compartment 201", "there is none")
    ip("rule", "add", "from", "10.0.0.0/8", "fwmark", "7", "lookup", "200", "priority", "50")
    ip("rule", "add", "from", "10.77.3.0/24", "prohibit", "priority", "60")
    s.shows("rule show", r"60 from 10\.77\.3\.0/24 unreachable", absent=["50 from"])
    t = s.value("/fwpdk/netlink")["0"]
    check(t["rules"] == 2 and t["unsupported"] >= 1, str(t))


def rules(ns, program):
    """The same destination leaves by the port that the source says."""
    ip("route", "replace", "70.0.0.0/8", "via", "10.77.0.2")
    ip("route", "add", "70.0.0.0/8", "via", "10.77.1.2", "table", "200")
    receivers = [receive(n, "70.0.0.1", 7002) for n in ns]
    path = os.path.join(sysnet.tmp, "rules.pcap")
    write_pcap(path, [datagram("10.77.%d.1" % (k % 2), "70.0.0.1", 10000 + k, 7002) for k in range(200)])
    replay(program, ["--netlink=v0:0,v1:1", "--replay-file=" + path], 200,
           with_neighbours(rules_follow))
    seen = arrived(receivers, 200)
    check([sorted(x) for x in seen] == [[str(10000 + k) for k in range(i, 200, 2)] for i in (0, 1)],
          "not by source: %s" % seen)
    for words in (("priority", "100"), ("priority", "60"), ("priority", "50")):
        ip("rule", "del", *words)
    print("rules: 100 packets of either source, each by its port, and no other")


def tables(program, ns):
    """A table of its own for v1 becomes a compartment; with a VRF if the kernel has them."""
    vrf = sysnet.run(["ip", "link", "add", "red", "type", "vrf", "table", "100"])[0] == 0
    if vrf:
        ip("link", "set", "red", "up")
        ip("link", "set", "v1", "master", "red")
    else:
        ip("route", "add", "10.77.1.0/24", "dev", "v1", "table", "100")
    ip("route", "add", "default", "via", "10.77.1.2", "table", "100")
    ip("route", "replace", "default", "via", "10.77.0.2")
    path = os.path.join(sysnet.tmp, "one.pcap")
    write_pcap(path, [datagram("10.77.0.1", "70.0.0.1", 10000, 7001)])
    for compartment, name in (("1", 0), ("100", 1)):
        r = receive(ns[name], "70.0.0.1", 7001)
        replay(program, ["--netlink=v0:0,v1:1:100", "--replay-file=" + path,
                         "--compartment=" + compartment], 1, with_neighbours())
        check(select.select([r.stdout], [], [], 10)[0], "nothing arrived in table " + compartment)
        r.stdin.close()
        r.wait()
    ip("route", "del", "default", "via", "10.77.0.2")
    print("table 100 is compartment 100, main the default one" +
          (", by VRF" if vrf else " (this kernel has no VRF: by table)"))


def main():
    program, mirror = sys.argv[1], sys.argv[2]
    sysnet.enter()
    ns = network()
    s = Session(program, "net_af_packet0,iface=v0", "net_af_packet1,iface=v1",
                options=["--netlink=v0:0,v1:1"])
    follows(s)
    telemetry(s)
    host_first(s)
    links(s)
    s.quit()
    multipath(ns, program)
    rules(ns, program)
    tables(program, ns)
    sysmirror.routes_change(mirror, ns[0], 1000)


main()
