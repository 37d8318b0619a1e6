#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make-seeds.py DIR: write the seed corpora DIR/map and DIR/window, the same every time."""

import os
import random
import struct
import sys


def ip4(total, ihl=5):
    return bytes([0x40 | ihl, 0]) + struct.pack(">HHHBBH", total, 7, 0, 64, 17, 0) + bytes(
        [10, 0, 0, 1, 10, 1, 2, 3]) + bytes((ihl - 5) * 4)


def ip6(payload):
    return bytes([0x60, 0, 0, 0]) + struct.pack(">HBB", payload, 17, 64) + bytes(range(32))


def shape(lens, offset, length, data, flags=0, max_segs=16, free=48, mtu=1500):
    """The layout that fuzz_map.c's build() reads."""
    out = bytes([flags, max_segs - 1, free]) + struct.pack(">HBHH", mtu, len(lens) - 1, offset, length)
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


def window_seeds():
    rng = random.Random(1)
    for i in range(30):
        lens = [rng.choice([0, 1, 5, 40, 200]) for _ in range(rng.randint(1, 8))]
        ops = bytes(rng.randrange(256) for _ in range(rng.randint(4, 80)))
        yield "ops_%02d" % i, bytes([len(lens) - 1]) + bytes(lens) + bytes([rng.randrange(64), 200]) + ops


def main():
    for name, seeds in (("map", map_seeds()), ("window", window_seeds())):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for title, data in seeds:
            with open(os.path.join(folder, title), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main()
