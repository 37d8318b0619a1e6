#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""through.py TESTPMD MODE af_packet|tap|one-tap SECONDS: real programs of two kernels talk through
fwpdk-testpmd in a forward mode: ping, ping6, fragments, DNS, curl, iperf3. What arrives is whole,
its checksums are good, and what was injected is completed. SECONDS: of iperf3; 1 = the short
run, curl over IPv4 only."""
import sys

import sysnet
import systraffic
from sysnet import check
from syskernels import Kernels, ping
from systraffic import hosts

PACKETS = 1000  # captured on each side
NAT = ["nat 10.77.0.0/24 to 10.77.1.1", "nat fd77::/64 to fd77:1::1"]


def small(kernels):
    """A few packets."""
    for host in hosts():
        ping(kernels, 0, host, 20)
        if kernels.kind == "tap" or ":" in host:  # net_af_packet lets the kernel reassemble IPv4
            ping(kernels, 0, host, 5, "-s", "4000")
    systraffic.responder(kernels)
    systraffic.resolve(kernels)


def bulk(kernels, seconds):
    tcp = systraffic.Iperf(kernels, seconds)
    udp = systraffic.Iperf(kernels, seconds, "-u", "-b", "20M", "-l", "1200", port=5202)
    udp, tcp = udp.result(), tcp.result()
    check(udp["sum"]["packets"] > udp["sum"]["lost_packets"], "iperf3 -u: nothing arrived")
    web = systraffic.Web(kernels)
    for host in hosts() if seconds > 1 else hosts([4]):
        print("  curl %s: 20 MB at %.0f MB/s down, %.0f MB/s up" % (
            host, web.get(host), web.put(host)))
    print("  iperf3 for %d s: TCP %.0f Mbit/s, UDP 20 Mbit/s with %d of %d lost" % (
        seconds, systraffic.tcp_mbits(tcp), udp["sum"]["lost_packets"], udp["sum"]["packets"]),
        flush=True)


def main():
    program, mode, kind, seconds = sys.argv[1:5]
    sysnet.enter("curl", "iperf3", "tshark", "dumpcap", "mergecap", "ping", "getent")
    kernels = Kernels(kind.split("-")[-1], kind.startswith("one-"))
    pmd = kernels.start(program, mode, NAT if mode == "nat" else ())
    captures = [systraffic.Capture(kernels, n, PACKETS) for n in (0, 1)]
    small(kernels)
    bulk(kernels, int(seconds))
    good = systraffic.checksums(captures, mode)
    if int(seconds) > 1:
        systraffic.notices_bad_checksums()
    summary = pmd.stop()
    n = summary["input"]
    check(n["forwarded"] + n["absorbed"] > 0 and n["malformed"] == n["no_memory"] == 0,
          "what became of packets: %s" % n)
    if mode == "forward":
        check(n["absorbed"] == summary["injected"] == 0, "something was injected")
    else:
        sysnet.balanced(summary, n["absorbed"])
        check(n["absorbed"] > 0, "nothing was absorbed")
    print("%s, %s: %d read, %d absorbed, %d injected = completed; good checksums: %s" % (
        mode, kind, n["read"], n["absorbed"], summary["injected"], good))


main()
