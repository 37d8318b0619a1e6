#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""resolve.py PROGRAM short|long [VLAN]: fwpdk between and beside two network namespaces, and nobody
is told a MAC address: ping and HTTP go through, injected datagrams reach sockets from several pollers,
and a neighbour whose MAC changes under traffic costs no more than the documented queue. long: all
pairs of addresses, and iperf3. With VLAN everything is in VLANs, the kernels' ends on VLAN interfaces.
"""
import json
import os
import select
import subprocess
import sys
import time

import sysnet
import sysudp
import sysvlan
from sysnet import check, ip, run, wait

HERE = os.path.dirname(os.path.abspath(__file__))
LONG = sys.argv[2] == "long"
VLAN = int(sys.argv[3]) if len(sys.argv) > 3 else 0
POLLERS = 3
WAITING = 128  # FWPDK_RESOLVE_WAITING: per neighbour and poller
COUNT = 800 if LONG else 200
SETTLE = 1.1  # seconds, a little more than include/fwpdk/resolve.h says
GAP = 1000  # microseconds: so slow that what leaves until the news is here fits in the queue


class Router:
    def __init__(self, program, targets):
        eal = sysnet.eal(*("net_af_packet%d,iface=v%d,qpairs=%d" % (n, n, POLLERS) for n in (0, 1)))
        self.child = sysnet.spawn([program] + eal + [str(POLLERS), str(VLAN)] + [t.to[5:] for t in targets],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        check(self.child.stdout.readline() == "ready\n", "the router does not start")

    def order(self, n, gap, changed):
        self.child.stdin.write("%d %d %d\n" % (n, gap, changed))
        self.child.stdin.flush()

    def told(self):
        check(select.select([self.child.stdout], [], [], 30)[0], "the router does not come to an end")
        line = self.child.stdout.readline()
        check(line.startswith("{"), "the router says %r" % line)
        return json.loads(line)

    def end(self):
        self.child.stdin.close()
        check(self.child.wait(30) == 0, "exit code %d of the router" % self.child.returncode)


def listening(ns, port):
    rc, out, _ = run(["ss", "-Hlnt", "sport = :%d" % port], ns=ns)
    return rc == 0 and out.strip()


def http(here, there, addresses):
    path = os.path.join(sysnet.tmp, "page")
    page = os.urandom(50000).hex()
    with open(path, "w") as f:
        f.write(page)
    # Not python -m http.server: it asks DNS for its own name, and waits for nobody's answer.
    server = sysnet.spawn([sys.executable, os.path.join(HERE, "web_peer.py"), path, "8080"], there)
    wait(lambda: listening(there, 8080), "web server")
    for address in addresses:
        url = "http://%s:8080/" % ("[%s]" % address if ":" in address else address)
        rc, out, err = run(["curl", "-sSgf", "--connect-timeout", "5", "-m", "10", url], 20, ns=here)
        check(rc == 0 and out == page, "curl %s: %d %s" % (url, rc, err))
    server.kill()
    server.wait()


def iperf(here, there, address):
    """One attempt, to a server that listens; what hangs is shown and not waited for."""
    server = sysnet.spawn(["iperf3", "-s", "-1"], there, stdout=subprocess.DEVNULL)
    wait(lambda: listening(there, 5201), "iperf3")
    client = sysnet.spawn(["iperf3", "-c", address, "-t", "1", "-J", "--connect-timeout", "5000"], here,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = client.communicate(timeout=30)
        server.wait(10)
    except subprocess.TimeoutExpired as e:
        sockets = "".join(run(["ss", "-tin"], ns=ns)[1] for ns in (here, there))
        check(False, "iperf3 does not end: %s\n%s" % (e, sockets))
    check(client.returncode == 0, "iperf3: %s%s" % (out, err))
    mbit = json.loads(out)["end"]["sum_received"]["bits_per_second"] / 1e6
    check(mbit > 1, "iperf3: %f Mbit/s" % mbit)
    return mbit


def received(receivers):
    n = 0
    for r in receivers:
        _, got, err = sysudp.ended(r, "receiver")
        check(got["errors"] == 0, "receiver: %s %s" % (got, err))
        n += got["received"]
    return n


def traffic(router, listeners, what, count, gap, changed=0, meanwhile=None):
    """count datagrams of each injecting poller to each target, after as many as it takes until changed
    neighbours have changed; returns (figures, arrived)."""
    targets = [t for _, ts in listeners for t in ts]
    for t in targets:
        with open(t.file, "r+b") as f:
            f.write(bytes(16))
    receivers = [sysudp.receiver(ts, 0, ns, copies=0) for ns, ts in listeners]
    wait(lambda: all(open(t.file, "rb").read(8)[:1] == b"\1" for t in targets), "receivers")
    router.order(count, gap, changed)
    if meanwhile:
        meanwhile()
    s = router.told()
    check(s["success"] + s["unreachable"] == s["injected"] and s["other"] == s["damaged"] == 0,
          "%s: each NBL completed with a status that fits: %s" % (what, s))
    return s, received(receivers)


def change(ns, device, targets, settled):
    """Under traffic: another MAC, which the kernel says to all (arp_notify, ndisc_notify)."""
    # For SETTLE after it was learned a MAC is not given up for another one.
    wait(lambda: time.monotonic() > settled, "a clock")
    # The receivers' progress tells that traffic flows.
    def flowing():
        return all(int.from_bytes(open(t.file, "rb").read(16)[8:], "little") > 20 for t in targets)
    wait(flowing, "traffic")
    ip("link", "set", device, "address", "02:00:00:00:01:77", ns=ns)


def network(n):
    """A namespace with a router to all else, and a MAC that nobody could guess."""
    ns, device = sysnet.make_veth(n), "w%d" % n
    if VLAN:
        ip("addr", "flush", "dev", device, ns=ns)
        device = sysvlan.make(device, "t%d" % n, VLAN + n, ns)
        sysnet.address(device, n, ns)
    ip("route", "add", "default", "via", "10.77.%d.1" % n, ns=ns)
    ip("-6", "route", "add", "default", "via", "fd77:%x::1" % n, ns=ns)
    for key in ("net.ipv4.conf.%s.arp_notify" % device, "net.ipv6.conf.%s.ndisc_notify" % device):
        rc, _, err = run(["sysctl", "-qw", key + "=1"], ns=ns)
        check(rc == 0, err)
    ip("link", "set", device, "address", "06:%02x:13:57:9b:df" % (n * 16 + 2), ns=ns)
    return ns, device


def main():
    sysnet.enter("ping", "curl", "ss", *(["iperf3"] if LONG else []), *(["tc"] if VLAN else []))
    ns, devices = zip(*(network(n) for n in (0, 1)))
    targets = [[sysudp.Target(n, n, version) for version in (4, 6)] for n in (0, 1)]
    for t in targets[0] + targets[1]:
        open(t.file, "wb").write(bytes(16))
    router = Router(sys.argv[1], targets[0] + targets[1])
    listeners = [(ns[n], targets[n]) for n in (0, 1)]
    total = COUNT * (POLLERS - 1) * 4

    s, arrived = traffic(router, listeners, "injected", COUNT, 40)
    check(s["unreachable"] == 0 and arrived == s["injected"] == total and s["waited"] > 0 and
          s["learned"] == 4, "injected: %d arrived, %s" % (arrived, s))
    print("%d datagrams injected by %d pollers to neighbours nobody had told of: all arrived, %d waited, %d "
          "questions" % (total, POLLERS - 1, s["waited"], s["solicits"]))

    for n in (0, 1):
        addresses = ["10.77.%d.1" % n, "fd77:%x::2" % (1 - n)]
        if LONG:
            addresses += ["fd77:%x::1" % n, "10.77.%d.2" % (1 - n)]
        for a in addresses:
            sysnet.ping(ns[n], a, 3)
    http(ns[0], ns[1], ["10.77.1.2"])
    if LONG:
        http(ns[1], ns[0], ["fd77:0::2"])
        print("iperf3: %.0f Mbit/s" % iperf(ns[0], ns[1], "10.77.1.2"))
    print("ping and HTTP go through")

    before, settled = s, time.monotonic() + SETTLE
    s, arrived = traffic(router, listeners, "another MAC", COUNT // 2, GAP, s["changed"] + 2,
                         lambda: change(ns[1], devices[1], targets[1], settled))
    sent = s["injected"] - before["injected"]
    bound = 2 * (POLLERS - 1) * WAITING
    check(s["changed"] == before["changed"] + 2, "more than one change per address: %s" % s)
    check(sent - arrived <= bound, "%d lost, at most %d may be" % (sent - arrived, bound))
    print("a MAC changed under traffic: %d of %d lost (bound %d), %d followed"
          % (sent - arrived, sent, bound, s["changed"] - before["changed"]))
    router.end()


main()
