#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""replay.py TESTPMD DATA-DIRECTORY: captures go through injection into a new capture.

What has to come out is computed here from the input, and for bad.pcap also taken from
the list that its maker wrote.
"""
import os
import struct
import sys

import sysnet
from sysnet import check

MTU = 1500
MAC = bytes.fromhex("020000000001")


def ip_of(frame):
    """("ipv4"|"ipv6", packet), ("malformed", None) or ("non_ip", None)"""
    if len(frame) < 14:
        return "non_ip", None
    kind, l3 = struct.unpack("!H", frame[12:14])[0], frame[14:]
    if kind == 0x0800:
        if len(l3) >= 20 and l3[0] & 0xf0 == 0x40:
            header, total = 4 * (l3[0] & 15), struct.unpack("!H", l3[2:4])[0]
            if 20 <= header <= total <= len(l3):
                return "ipv4", l3[:total]
        return "malformed", None
    if kind == 0x86dd:
        if len(l3) >= 40 and l3[0] & 0xf0 == 0x60:
            payload = struct.unpack("!H", l3[4:6])[0]
            jumbo = payload == 0 and l3[6] == 0
            if not jumbo and 40 + payload <= len(l3):
                return "ipv6", l3[:40 + payload]
        return "malformed", None
    return "non_ip", None


def expected_of(path):
    packets, counts = [], dict.fromkeys(("ipv4", "ipv6", "oversize", "malformed", "non_ip"), 0)
    for frame, _ in sysnet.read_pcap(path):
        kind, packet = ip_of(frame)
        if packet is not None and len(packet) > MTU:
            kind = "oversize"
        counts[kind] += 1
        if kind in ("ipv4", "ipv6"):
            packets.append((kind, packet))
    return packets, counts


def mac_of(kind, packet):
    """Of the gateway; of a group by rule (RFC 1112, RFC 2464)."""
    dst = packet[16:20] if kind == "ipv4" else packet[24:40]
    if kind == "ipv6":
        return b"\x33\x33" + dst[12:] if dst[0] == 0xff else MAC
    if dst == b"\xff" * 4:
        return b"\xff" * 6
    return b"\x01\0\x5e" + bytes((dst[1] & 0x7f, dst[2], dst[3])) if dst[0] >> 4 == 0xe else MAC


def difference(path, packets):
    """What is wrong with an output capture, or None."""
    frames = sysnet.read_pcap(path)
    if len(frames) != len(packets):
        return "%d frames, expected %d" % (len(frames), len(packets))
    for i, ((frame, wire), (kind, packet)) in enumerate(zip(frames, packets)):
        ethertype = b"\x08\0" if kind == "ipv4" else b"\x86\xdd"
        if frame[:6] != mac_of(kind, packet) or frame[12:14] != ethertype:
            return "frame %d: Ethernet header %s" % (i, frame[:14].hex())
        if frame[14:14 + len(packet)] != packet:
            return "frame %d: packet differs" % i
        if frame[14 + len(packet):].strip(b"\0") or len(frame) > max(60, 14 + len(packet)):
            return "frame %d: %d bytes behind the packet" % (i, len(frame) - 14 - len(packet))
    return None


def replay(program, path, loops=1, args=(), lcores=1):
    name = os.path.basename(path)
    out = os.path.join(sysnet.tmp, "out.pcap")
    packets, counts = expected_of(path)
    summary = sysnet.testpmd(program, sysnet.eal("net_pcap0,tx_pcap=" + out, lcores=lcores),
                             ["--forward-mode=replay", "--replay-file=" + path,
                              "--loop=%d" % loops, *args])
    sysnet.balanced(summary)
    sent, oversize = loops * len(packets), loops * counts["oversize"]
    by_status = {k: v for k, v in (("0x00000000", sent), ("0xc0000206", oversize)) if v}
    for key, value in (("injected", sent + oversize), ("failed", oversize), ("refused", 0),
                       ("skipped_non_ip", counts["non_ip"]), ("packets", sent),
                       ("skipped_malformed", counts["malformed"]), ("by_status", by_status),
                       ("bytes", loops * sum(len(p) for _, p in packets))):
        check(summary[key] == value, "%s: %s is %s, expected %s" % (name, key, summary[key], value))
    wrong = difference(out, packets * loops)
    check(wrong is None, "%s: %s" % (name, wrong))
    print("%s %s: %d packets in order and byte-identical (%d IPv4, %d IPv6, %d passes), %d oversize, "
          "%d malformed, %d not IP" % (name, " ".join(args), sent, counts["ipv4"], counts["ipv6"],
                                       loops, oversize, counts["malformed"], counts["non_ip"]))
    return out, packets * loops, counts


def notices(out, packets):
    """The comparison sees one wrong bit, a lost, a doubled and two swapped packets."""
    with open(out, "rb") as f:
        good = f.read()
    ends = [24]
    for frame, _ in sysnet.read_pcap(out):
        ends.append(ends[-1] + 16 + len(frame))
    at = ends[7] + 16 + 14 + 11
    swap = good[:ends[3]] + good[ends[4]:ends[5]] + good[ends[3]:ends[4]] + good[ends[5]:]
    bad = {"bit": good[:at] + bytes([good[at] ^ 1]) + good[at + 1:],
           "loss": good[:ends[5]] + good[ends[6]:],
           "double": good[:ends[6]] + good[ends[5]:],
           "swap": swap,
           "address": good[:40] + bytes([good[40] ^ 1]) + good[41:]}
    for name, data in bad.items():
        path = os.path.join(sysnet.tmp, name + ".pcap")
        with open(path, "wb") as f:
            f.write(data)
        check(difference(path, packets) is not None, "the comparison did not notice: " + name)
    print("the comparison notices: " + ", ".join(bad))


def words_of(path):
    with open(path) as f:
        return [line.split() for line in f if not line.startswith("#")]


def main():
    program, data = sys.argv[1:3]
    sysnet.enter()
    real, bad = os.path.join(data, "real.pcap"), os.path.join(data, "bad.pcap")
    out, packets, _ = replay(program, real)
    notices(out, packets)
    replay(program, real, 3, ["--burst=1", "--injectors=1"])
    replay(program, real, 2, ["--port-mode=copy", "--burst=512"])
    replay(program, real, lcores=2)
    _, _, counts = replay(program, bad)
    listed = dict.fromkeys(counts, 0)
    for words in words_of(os.path.join(data, "bad.expected")):
        listed[words[1]] += 1
    check(listed == counts, "bad.expected says %s, computed %s" % (listed, counts))
    listed = {words[0]: int(words[1]) for words in words_of(os.path.join(data, "real.expected"))}
    check(listed == expected_of(real)[1] and listed["oversize"] > 0, "tshark counted %s" % listed)
    print("the counts are those of bad.pcap's maker and those of tshark for real.pcap")


main()
