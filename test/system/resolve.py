#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""resolve.py PROGRAM: fwpdk between and beside two network namespaces, and nobody is told a MAC
address: ping, HTTP and iperf3 go through, injected datagrams reach sockets from several pollers, and
a neighbour whose MAC changes under traffic costs no more than the documented queue.
"""
import json
import subprocess
import sys

import sysnet
import sysudp
from sysnet import check, ip, run, wait

POLLERS = 3
WAITING = 128  # FWPDK_RESOLVE_WAITING: per neighbour and poller
COUNT = 800
SLOW = 300  # so slow that what leaves until the news is here fits in the queue


class Router:
    def __init__(self, program, targets):
        eal = sysnet.eal(*("net_af_packet%d,iface=v%d,qpairs=%d" % (n, n, POLLERS) for n in (0, 1)))
        self.child = sysnet.spawn([program] + eal + [str(POLLERS)] + [t.to[5:] for t in targets],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        check(self.child.stdout.readline() == "ready\n", "the router does not start")

    def order(self, n, gap):
        self.child.stdin.write("%d %d\n" % (n, gap))
        self.child.stdin.flush()

    def told(self):
        line = self.child.stdout.readline()
        check(line.startswith("{"), "the router says %r" % line)
        return json.loads(line)

    def end(self):
        self.child.stdin.close()
        check(self.child.wait(30) == 0, "exit code %d of the router" % self.child.returncode)


def ping(ns, address):
    rc, out, err = run(["ping", "-n", "-c", "3", "-i", "0.05", "-W", "2", address], ns=ns)
    check(rc == 0 and " 0% packet loss" in out, "ping %s: %s%s" % (address, out, err))


def http(here, there, address):
    server = sysnet.spawn([sys.executable, "-m", "http.server", "8080", "--bind", address], there,
                          cwd=sysnet.tmp, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    host = "[%s]" % address if ":" in address else address
    wait(lambda: run(["curl", "-sgf", "-m", "2", "http://%s:8080/" % host], ns=here)[0] == 0,
         "curl http://%s" % host)
    server.kill()
    server.wait()


def iperf(here, there, address):
    server = sysnet.spawn(["iperf3", "-s", "-1"], there, stdout=subprocess.DEVNULL)
    result = {}

    def client():
        rc, out, _ = run(["iperf3", "-c", address, "-t", "1", "-J"], 20, ns=here)
        result.update(json.loads(out) if rc == 0 else {})
        return rc == 0
    wait(client, "iperf3")
    server.wait()
    mbit = result["end"]["sum_received"]["bits_per_second"] / 1e6
    check(mbit > 1, "iperf3: %f Mbit/s" % mbit)
    return mbit


def received(receivers):
    n = 0
    for r in receivers:
        _, got, err = sysudp.ended(r, "receiver")
        check(got["errors"] == 0, "receiver: %s %s" % (got, err))
        n += got["received"]
    return n


def traffic(router, listeners, what, count, gap, meanwhile=None):
    """count datagrams of each injecting poller to each target; returns (figures, arrived)."""
    targets = [t for _, ts in listeners for t in ts]
    for t in targets:
        with open(t.file, "r+b") as f:
            f.write(bytes(16))
    receivers = [sysudp.receiver(ts, 0, ns, copies=0) for ns, ts in listeners]
    wait(lambda: all(open(t.file, "rb").read(8)[:1] == b"\1" for t in targets), "receivers")
    router.order(count, gap)
    if meanwhile:
        meanwhile()
    s = router.told()
    check(s["success"] + s["unreachable"] == s["injected"] and s["other"] == s["damaged"] == 0,
          "%s: each NBL completed with a status that fits: %s" % (what, s))
    return s, received(receivers)


def change(ns, targets):
    """Under traffic: another MAC, which the kernel says to all (arp_notify, ndisc_notify)."""
    # The receivers' progress tells that traffic flows.
    def flowing():
        return all(int.from_bytes(open(t.file, "rb").read(16)[8:], "little") > 20 for t in targets)
    wait(flowing, "traffic")
    ip("link", "set", "w1", "address", "02:00:00:00:01:77", ns=ns)


def main():
    sysnet.enter("ping", "curl", "iperf3")
    ns = [sysnet.make_veth(n) for n in (0, 1)]
    for n in (0, 1):
        ip("route", "add", "default", "via", "10.77.%d.1" % n, ns=ns[n])
        ip("-6", "route", "add", "default", "via", "fd77:%x::1" % n, ns=ns[n])
        for key in ("net.ipv4.conf.w%d.arp_notify" % n, "net.ipv6.conf.w%d.ndisc_notify" % n):
            rc, _, err = run(["sysctl", "-qw", key + "=1"], ns=ns[n])
            check(rc == 0, err)
        # a MAC that nobody could guess
        ip("link", "set", "w%d" % n, "address", "06:%02x:13:57:9b:df" % (n * 16 + 2), ns=ns[n])
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
        for address in ("10.77.%d.1" % n, "fd77:%x::1" % n, "10.77.%d.2" % (1 - n),
                        "fd77:%x::2" % (1 - n)):
            ping(ns[n], address)
    http(ns[0], ns[1], "10.77.1.2")
    http(ns[1], ns[0], "fd77:0::2")
    mbit = iperf(ns[0], ns[1], "10.77.1.2")
    print("ping, HTTP and iperf3 (%.0f Mbit/s) go through" % mbit)

    before = s
    total = SLOW * (POLLERS - 1) * 4
    s, arrived = traffic(router, listeners, "another MAC", SLOW, 500,
                         lambda: change(ns[1], targets[1]))
    lost = total - arrived
    bound = 2 * (POLLERS - 1) * WAITING
    check(lost <= bound, "%d lost, at most %d may be" % (lost, bound))
    check(s["changed"] == before["changed"] + 2, "nobody noticed the change: %s" % s)
    print("a MAC changed under traffic: %d of %d lost (bound %d), %d ended with a status, %d followed"
          % (lost, total, bound, s["injected"] - before["injected"], s["changed"] - before["changed"]))
    router.end()


main()
