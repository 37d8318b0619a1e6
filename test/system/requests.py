#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""requests.py TESTPMD CONFIG-DIRECTORY: `set requests`. A capture with large packets and without checksums, as one
has it that was taken above a NIC's offloads, leaves as segments whose checksums tshark calls good."""
import os
import sys

import sysnet
import sysoffload
import syspackets
from sysnet import check

MSS = 1400
SIZES = (5000, 100)
ENDS = {4: ("198.18.0.1", "198.18.0.2"), 6: ("fd77::1", "fd77::2")}


def payload(version, protocol, size):
    return bytes((version + protocol + i * 7 + i // 251) & 0xff for i in range(size))


def capture(path):
    frames = []
    for version, protocol, size in cases():
        make = syspackets.tcp if protocol == 6 else syspackets.udp
        packet, = syspackets.ip(*ENDS[version], protocol, make(9, 9, payload(version, protocol, size)), sums=False)
        frames.append(syspackets.frame("02:00:00:00:00:01", "02:00:00:00:00:02", packet))
    syspackets.write_pcap(path, frames)


def cases():
    return [(version, protocol, size) for version in (4, 6) for protocol in (6, 17) for size in SIZES]


def send(program, commands, args, name):
    """The summary, and what tshark says of each frame."""
    out = os.path.join(sysnet.tmp, name + ".pcap")
    s = sysnet.testpmd(program, sysnet.eal("net_pcap0,tx_pcap=" + out),
                       ["--cmdline-file=" + commands] + args)
    check(s["injected"] == s["completed"] > 0 and s["in_flight"] == 0, "%s: %s" % (name, s))
    return s, sysoffload.judged(out)


def bad_sums(frames):
    """tshark's word for good is 1; of a packet without that header it says nothing."""
    return [f["frame.number"] for f in frames
            for p in ("ip", "tcp", "udp") if f[p + ".checksum.status"] not in ("", "1")]


def data_of(frame):
    packet = frame["raw"][14:]
    at, protocol = (20, packet[9]) if packet[0] >> 4 == 4 else (40, packet[6])
    return protocol, packet[at + 8:] if protocol == 17 else packet[at + (packet[at + 12] >> 4) * 4:]


def replay(program, config, source):
    s, frames = send(program, config, ["--forward-mode=replay", "--replay-file=" + source], "cut")
    check(s["failed"] == 0 and not bad_sums(frames), "wrong: frames %s, %s" % (bad_sums(frames), s))
    left = list(frames)
    for version, protocol, size in cases():
        want = payload(version, protocol, size)
        parts = [data_of(left.pop(0)) for _ in range(-(-size // MSS))]
        check(all(p == protocol for p, _ in parts) and b"".join(d for _, d in parts) == want,
              "IPv%d, protocol %d, %d bytes: not what was sent" % (version, protocol, size))
    check(not left, "%d frames too many" % len(left))
    print("%d packets in %d frames, all checksums good" % (len(cases()), len(frames)))


def without(program, source):
    """The same capture as it is: what this test looks for is there to be found."""
    off = os.path.join(sysnet.tmp, "off.cmd")
    with open(off, "w") as f:
        f.write("set requests segments 1400\nset requests off\n")
    s, frames = send(program, off, ["--forward-mode=replay", "--replay-file=" + source], "off")
    small = sum(size <= MSS for _, _, size in cases())
    check(s["failed"] == len(cases()) - small and len(frames) == small and bad_sums(frames),
          "without requests: %s, frames with wrong checksums %s" % (s, bad_sums(frames)))


def txonly(program, config):
    for nbls in ("fresh", "recycle"):
        s, frames = send(program, config, ["--forward-mode=txonly", "--count=2000", "--nbls=" + nbls], nbls)
        check(s["injected"] == 2000 and len(frames) == 3 * 2000 and not bad_sums(frames),
              "txonly %s: %d frames, %s" % (nbls, len(frames), s))


def main():
    program, config = sys.argv[1], os.path.join(sys.argv[2], "requests.cmd")
    sysnet.enter("tshark")
    source = os.path.join(sysnet.tmp, "in.pcap")
    capture(source)
    replay(program, config, source)
    without(program, source)
    txonly(program, config)


main()
