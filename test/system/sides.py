#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""sides.py TESTPMD: two kernels and the callouts that do not just pass things on: one that holds
packets, two that loop, callouts that come and go under load, echo, drop, and what is counted of
real fragments."""
import json
import sys

import sysnet
import systraffic
from sysnet import check, run
from syskernels import FWPDK4, FWPDK6, Kernels, ping
from systraffic import hosts

HOLD_MS = 100
CYCLES = 20


def unanswered(kernels, host):
    rc, out, _ = run(["ping", "-n", "-q", "-c", "3", "-i", "0.01", "-W", "0.2", host],
                     ns=kernels.ns[0])
    check(rc == 1 and " 100% packet loss" in out, "answered: " + out)


def least_time(kernels, host):
    """Of five answers, in milliseconds."""
    return float(sysnet.ping(kernels.ns[0], host, 5).split("= ")[-1].split("/")[0])


def holding(program, kernels):
    """Both ways wait; so does the last packet before the callouts go."""
    pmd = kernels.start(program, "callout", args=["--hold-ms=%d" % HOLD_MS])
    for host in hosts():
        least = least_time(kernels, host)
        check(least >= 2 * HOLD_MS, "a round trip took %.1f ms" % least)
    udp = systraffic.Iperf(kernels, 1, "-u", "-b", "10M", "-l", "1000").result()
    s = pmd.stop()
    check(s["callouts"]["put back"] == s["callouts"]["taken out"] == s["injected"] > 20 and
          s["callouts"]["failed"] == 0, "hold: %s" % s["callouts"])
    print("held for %d ms each way by a thread of its own: %d packets, %d of %d datagrams lost" % (
        HOLD_MS, s["injected"], udp["sum"]["lost_packets"], udp["sum"]["packets"]))


def looping(program, kernels):
    pmd = kernels.start(program, "loop")
    for host in hosts():
        unanswered(kernels, host)
    sysnet.wait(lambda: pmd.callouts("hop limit") >= 6, "no loop has ended")
    s = pmd.stop(None)
    check(s["by_status"]["0xc000a012"] == s["input"]["hops_ended"] == s["callouts"]["hop limit"],
          "loop: %s" % s)
    print("two callouts that put back each other's packets: %d taken out, ended %d times by "
          "STATUS_HOPLIMIT_EXCEEDED" % (s["callouts"]["taken out"], s["input"]["hops_ended"]))


def unregistering(program, kernels):
    """Callouts come and go; what passes meanwhile arrives, whoever looks."""
    pmd = kernels.start(program, "callout", lcores=2)
    load = systraffic.Iperf(kernels, 1)
    n = 0
    while load.child.poll() is None or n < CYCLES:
        pmd.command("callouts unload")
        pmd.command("callouts load")
        n += 1
    mbits = systraffic.tcp_mbits(load.result())
    ping(kernels, 0, hosts()[0], 3)
    s = pmd.stop()
    check(s["callouts"]["taken out"] == s["callouts"]["put back"] == s["injected"] > 0 and
          s["input"]["blocked"] == 0, "unregister: %s" % s)
    print("unregistered and registered %d times under load (TCP %.0f Mbit/s): %d injected = "
          "completed, none blocked" % (n, mbits, s["injected"]))


def echoing(program, kernels):
    pmd = kernels.start(program, "echo")
    for n in (0, 1):
        ping(kernels, n, FWPDK4 % n, 20)
        ping(kernels, n, FWPDK6 % n, 20)
    s = pmd.stop()
    check(s["callouts"] == {"requests": 80, "answered": 80, "failed": 0}, "echo: %s" % s["callouts"])
    print("echo: 80 pings of two kernels answered")


def dropping(program, kernels):
    pmd = kernels.start(program, "drop")
    for host in hosts():
        unanswered(kernels, host)
    sysnet.wait(lambda: pmd.input("blocked") >= 6, "not blocked")
    s = pmd.stop()
    check(s["input"]["forwarded"] == 0, "drop: %s" % s["input"])
    print("drop: nothing passes, %d blocked" % s["input"]["blocked"])


def fragments(program, kernels):
    """A kernel's ping of 4,000 bytes: 3 fragments, 7 indications each."""
    pmd = kernels.start(program, "inspect")
    for host, name in ((FWPDK4 % 0, "IPv4 indications"), (FWPDK6 % 0, "IPv6 indications")):
        before = pmd.numbers("show callouts")
        want = {name: 2 * 7, "fragments": 2 * 3, "reassembled": 2}

        def seen():
            after = pmd.numbers("show callouts")
            return {k: after[k] - before[k] for k in want}

        run(["ping", "-n", "-q", "-c", "2", "-i", "0.01", "-W", "0.2", "-s", "4000", host],
            ns=kernels.ns[0])
        sysnet.wait(lambda: seen()[name] >= want[name], "the fragments")
        check(seen() == want, "fragments: %s" % seen())
    pmd.stop()
    print("2 fragmented pings per IP version: 3 fragments and 7 indications each")


def main():
    program = sys.argv[1]
    sysnet.enter("iperf3", "ping")
    kernels = Kernels("af_packet")
    for test in (holding, looping, unregistering, echoing, dropping):
        test(program, kernels)
    fragments(program, Kernels("tap"))


main()
