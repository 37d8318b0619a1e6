#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make-seeds.py DIR: write the seed corpora, one folder per target, the same every time."""

import os
import random
import struct
import sys


def ip4(total, ihl=5):
    return bytes([0x40 | ihl, 0]) + struct.pack(">HHHBBH", total, 7, 0, 64, 17, 0) + bytes(
        [10, 0, 0, 1, 10, 1, 2, 3]) + bytes((ihl - 5) * 4)


def ip6(payload):
    return bytes([0x60, 0, 0, 0]) + struct.pack(">HBB", payload, 17, 64) + bytes(range(32))


def tcp(payload):
    return struct.pack(">HHIIBBHHH", 5, 6, 0xfffffff0, 9, 0x50, 0x99, 100, 0, 0) + bytes(range(payload))


def udp(payload):
    return struct.pack(">HHHH", 5, 6, 8 + payload, 0x1234) + bytes(range(payload))


def shape(lens, offset, length, data, flags=0, max_segs=16, free=48, mtu=1500, ask=0, mss=64, tag=0):
    """The layout that shape_build() reads."""
    out = bytes([flags, max_segs - 1, free, ask])
    if ask:
        out += bytes([mss // 8 - 1]) + struct.pack(">H", tag)
    out += struct.pack(">HBHH", mtu, len(lens) - 1, offset, length)
    return out + b"".join(struct.pack(">H", n) for n in lens) + data


def map_seeds():
    v4 = ip4(60) + bytes(40)
    v6 = ip6(20) + bytes(20)
    back = bytes(14)
    yield "v4_backfill", shape([74], 14, 60, back + v4)
    yield "v4_no_backfill", shape([60], 0, 60, v4)
    yield "v4_backfill_13", shape([73], 13, 60, back[1:] + v4)
    yield "v4_padding", shape([80], 14, 66, back + v4 + bytes(6))
    yield "v4_options", shape([94], 14, 80, back + ip4(80, 10) + bytes(40))
    yield "v4_ihl_15", shape([60], 0, 60, ip4(60, 15))
    yield "v4_ihl_4", shape([60], 0, 60, bytes([0x44]) + v4[1:])
    yield "v4_total_too_long", shape([60], 0, 60, ip4(61) + bytes(40))
    yield "v4_total_too_short", shape([60], 0, 60, ip4(19) + bytes(40))
    yield "v4_smallest", shape([20], 0, 20, ip4(20))
    yield "v4_19_bytes", shape([20], 0, 19, ip4(19))
    yield "v6_backfill", shape([74], 14, 60, back + v6)
    yield "v6_smallest", shape([40], 0, 40, ip6(0))
    yield "v6_39_bytes", shape([40], 0, 39, ip6(0))
    yield "version_5", shape([60], 0, 60, bytes([0x55]) + v4[1:])
    yield "header_in_two", shape([14 + 7, 53], 14, 60, back + v4)
    yield "header_in_many", shape([14] + [5] * 12, 14, 60, back + v4)
    yield "empty_mdls", shape([0, 14, 0, 0, 30, 0, 30, 0], 14, 60, back + v4)
    yield "all_empty", shape([0] * 8, 0, 0, b"")
    yield "offset_beyond", shape([20, 20], 50, 20, bytes(40))
    yield "length_beyond", shape([30, 20], 0, 60, v4[:50])
    yield "backfill_in_own_mdl", shape([14, 60], 14, 60, back + v4)
    yield "clone", shape([74], 14, 60, back + v4, flags=1)
    yield "children", shape([74], 14, 60, back + v4, flags=2)
    yield "read_only", shape([74], 14, 60, back + v4, flags=4)
    yield "shared_mdl", shape([74], 14, 60, back + v4, flags=8)
    yield "ring", shape([30, 20], 0, 60, v4[:50], flags=0x30)
    yield "ring_of_empty", shape([20, 0, 0], 0, 60, v4[:20], flags=0x30)
    yield "copy_mode", shape([14, 60], 14, 60, back + v4, flags=0xc0)
    yield "copy_too_long", shape([1000, 1000], 0, 2000, ip4(2000), flags=0xc0, max_segs=1, mtu=2000)
    yield "one_segment", shape([40, 34], 14, 60, back + v4, max_segs=1)
    yield "two_segments", shape([40, 34], 14, 60, back + v4, max_segs=2)
    yield "no_mbuf", shape([74], 14, 60, back + v4, free=0)
    yield "one_mbuf", shape([40, 34], 14, 60, back + v4, free=1)
    yield "above_mtu", shape([74], 14, 60, back + v4, mtu=59)
    yield "jumbo", shape([1000] * 8, 14, 7986, back + ip4(7986), mtu=9000, max_segs=32)
    # requests: 1 IP sum, 2 transport sum, 4 segments, 8 tag, 0x40 IPv6, 0x80 TCP
    udp4, tcp4 = ip4(128) + udp(100), bytearray(ip4(240) + tcp(200))
    tcp4[9] = 6
    udp6 = ip6(108) + udp(100)
    ext6 = bytearray(ip6(124) + bytes([60, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0]) + udp(100))
    ext6[6] = 0
    yield "sums_udp4", shape([14, 30, 98], 14, 128, back + udp4, ask=3)
    yield "sums_udp6", shape([45, 3, 100], 0, 148, udp6, ask=0x42)
    yield "sums_ext6", shape([45, 30, 100], 0, 164, bytes(ext6), ask=0x42)
    yield "sums_tcp4", shape([14, 33, 207], 14, 240, back + bytes(tcp4), ask=0x83)
    yield "sums_copied", shape([14, 33, 207], 14, 240, back + bytes(tcp4), ask=0x83, flags=0xc0)
    yield "lso", shape([14, 33, 207], 14, 240, back + bytes(tcp4), ask=0x84, mss=64)
    yield "lso_one_segment", shape([240], 0, 240, bytes(tcp4), ask=0x84, mss=64, max_segs=1)
    yield "uso6", shape([45, 3, 100], 0, 148, udp6, ask=0x44, mss=32)
    yield "tagged", shape([32, 128], 32, 128, bytes(32) + udp4, ask=8, tag=0x0145)
    yield "tagged_backfill", shape([146], 18, 128, bytes(18) + udp4, ask=8, tag=0x0145)
    yield "fragments", shape([14, 33, 207], 14, 240, back + bytes(tcp4), ask=0x82, mtu=100)
    options = ip4(300, 9)[:20] + bytes([0x83, 7, 4, 1, 2, 3, 4, 1, 7, 3, 4, 0x94, 4, 0, 0, 0])
    yield "fragments_options", shape([50, 250], 0, 300, options + bytes(264), ask=1, mtu=100)


def window_seeds():
    rng = random.Random(1)
    for i in range(30):
        lens = [rng.choice([0, 1, 5, 40, 200]) for _ in range(rng.randint(1, 8))]
        ops = bytes(rng.randrange(256) for _ in range(rng.randint(4, 80)))
        yield "ops_%02d" % i, bytes([len(lens) - 1]) + bytes(lens) + bytes([rng.randrange(64), 200]) + ops


def frames():
    mac = bytes(12)
    yield mac + b"\x08\x00" + ip4(60) + bytes(40)
    yield mac + b"\x86\xdd" + ip6(20) + bytes(20)
    yield mac + b"\x08\x06" + bytes(28)
    yield mac + b"\x08\x00" + ip4(61) + bytes(40)
    yield mac + b"\x08\x00" + ip4(28) + bytes(8 + 18)  # padded
    yield mac + b"\x86\xdd" + ip6(0)
    yield mac[:5]


def capture_seeds():
    for order, word in ((">", "big"), ("<", "little")):
        head = struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
        body = b"".join(struct.pack(order + "IIII", 1, i, len(f), len(f)) + f
                        for i, f in enumerate(frames()))
        yield word, head + body
        yield word + "_truncated", (head + body)[:-3]
        yield word + "_no_ethernet", head[:-4] + struct.pack(order + "I", 101) + body
        yield word + "_empty", head
    yield "nothing", b""
    yield "text", b"not a capture"


def command_seeds():
    yield "show", b"show port stats all\nshow fwpdk stats\nshow fwpdk port 0\nshow fwpdk pending\nshow fwpdk pending 3\nset fwpdk events on 256\nshow fwpdk events 4\nset fwpdk events off\nroute show\nneigh show\nif show\nhelp\n"
    yield "run", b"set burst 7\nset txpkts 20,20,10\nstart\nshow fwpdk stats\nstop\nclear fwpdk stats\nstart\nquit\n"
    yield "route", b"route add 10.0.0.0/8 dev port0 via 10.0.0.1\nroute add fd00::/8 dev port1\nroute del 10.0.0.0/8\n"
    yield "neigh", b"neigh add port0 10.0.0.1 02:00:00:00:00:02\nneigh add port1 fe80::2 02:00:00:00:00:03\nneigh del port0 10.0.0.1\n"
    yield "if", b"if add a port 0 mtu 1400\nif set a mtu 9000\nif add b port 1 compartment 2\nif set port0 mtu 68\nif set if0 fragment on\nif add c port 0 vlan 20 outer 10 fragment off\npmtu set 192.0.2.1 1400 seconds 9\npmtu show\npmtu del 192.0.2.1\n"
    yield "wrong", b"\n#\nset\nset burst x\nroute add 1 dev 2\nif add port0 port 9\nneigh add a b c\nshow fwpdk port 99\n"
    yield "long", b"set txpkts " + b",".join([b"20"] * 60) + b"\nset burst 99999999999999999999\n" + b"a " * 40


def api_seeds():
    rng = random.Random(2)
    plain = bytes([12, 0, 0, 4, 3, 0, 6, 0, 2, 0])
    held = bytes([12, 0, 8, 16, 0, 4, 16, 1, 3, 0, 19, 1, 6, 0, 12, 0, 9, 255, 6, 0])
    yield "plain", plain
    yield "held_and_destroyed", held
    yield "stopped", bytes([12, 0, 8, 16, 0, 4, 3, 0, 6, 0, 11, 1, 6, 0, 11, 0, 3, 0, 9, 9, 6, 0])
    yield "clones", bytes([12, 0, 0, 4, 13, 9, 13, 10, 3, 0, 6, 0, 2, 9, 2, 0, 2, 10, 2, 0])
    yield "again", bytes([12, 0, 0, 4, 3, 0x40, 6, 0, 6, 0, 6, 0])
    for i in range(40):
        yield "ops_%02d" % i, b"".join(
            bytes([rng.randrange(256), rng.randrange(256)]) for _ in range(rng.randint(20, 300)))


def told(what, frame):
    """One frame as fuzz_input.c reads it."""
    return bytes([what, len(frame)]) + frame


def input_seeds():
    def eth(kind, packet, dst=bytes([2, 0, 0, 0, 0, 1])):
        return dst + bytes([2, 0, 0, 0, 0, 9]) + struct.pack(">H", kind) + packet

    def v4(dst, payload, frag=0, proto=17, total=None):
        return bytes([0x45, 0]) + struct.pack(">HHHBBH", total or 20 + len(payload), 7, frag, 64,
            proto, 0) + bytes([10, 0, 0, 9]) + bytes(dst) + payload

    def v6(dst, payload, proto=17):
        return bytes([0x60, 0, 0, 0]) + struct.pack(">HBB", len(payload), proto, 64) + bytes(
            [0xfd] + 14 * [0] + [9]) + dst + payload

    udp = struct.pack(">HHHH", 1000, 53, 20, 0) + bytes(12)
    tcp = struct.pack(">HHIIBBHHH", 1000, 80, 1, 2, 0x50, 2, 1000, 0, 0)
    us, other = [10, 0, 0, 1], [10, 9, 9, 9]
    us6, other6 = bytes([0xfd] + 14 * [0] + [1]), bytes([0xfd, 9] + 13 * [0] + [1])
    yield "local", told(0x3c, eth(0x800, v4(us, udp))) + told(1, eth(0x86dd, v6(us6, udp)))
    yield "through", told(0x3c, eth(0x800, v4(other, tcp, proto=6))) + told(
        0x81, eth(0x86dd, v6(other6, tcp, 6)))
    yield "tagged", told(0x3c, eth(0x8100, bytes([0, 5, 8, 0]) + v4(us, udp)))
    yield "fragments", told(0x3c, eth(0x800, v4(us, udp[:16], 0x2000))) + told(
        0x3c, eth(0x800, v4(us, udp[16:] + bytes(4), 2)))
    frag = bytes([17, 0]) + struct.pack(">HI", 1, 77)
    yield "fragments6", told(0x3c, eth(0x86dd, v6(us6, frag + udp[:16], 44))) + told(
        0x3c, eth(0x86dd, v6(us6, frag[:2] + struct.pack(">HI", 16, 77) + udp[16:], 44)))
    yield "extensions", told(0x3c, eth(0x86dd, v6(us6, bytes([60, 0]) + bytes(6) + bytes([17, 0])
        + bytes(6) + udp, 0)))
    yield "multicast", told(0x3c, eth(0x800, v4([224, 0, 0, 1], udp), bytes([1, 0, 0x5e, 0, 0, 1])))
    yield "absorb", told(0x41, eth(0x800, v4(us, udp))) + told(0x61, eth(0x800, v4(other, udp)))
    yield "arp", told(0, eth(0x806, bytes(28)))
    yield "short", told(0, eth(0x800, v4(us, udp)[:19])) + told(0, b"abc")
    yield "long", told(0, eth(0x800, v4(us, udp, total=900)))


def filter_seeds():
    rng = random.Random(3)
    yield "nothing", b""
    for i in range(28):
        yield "layer_%02d" % i, bytes([i]) + bytes(
            rng.randrange(256) for _ in range(rng.randint(30, 500)))


def main():
    for name, seeds in (("map", map_seeds()), ("window", window_seeds()), ("capture", capture_seeds()),
                        ("command", command_seeds()), ("api", api_seeds()), ("input", input_seeds()),
                        ("filter", filter_seeds())):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for title, data in seeds:
            with open(os.path.join(folder, title), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main()
