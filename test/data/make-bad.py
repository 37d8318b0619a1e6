#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes bad.pcap and bad.expected: one frame of every oddity, and what becomes of it.

What is expected follows from how each frame is built, not from reading it back.
usage: make-bad.py [DIRECTORY]
"""
import os
import socket
import struct
import sys

ETHER = bytes.fromhex("020000000b01" "020000000a01")
V4 = socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.2")
V6 = tuple(socket.inet_pton(socket.AF_INET6, a) for a in ("2001:db8::1", "2001:db8::2"))
frames = []  # (kind, reason, bytes, length on the wire)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff


def udp(n, src=5000, dst=9):
    return struct.pack("!HHHH", src, dst, 8 + n, 0) + bytes(i & 0xff for i in range(n))


def ip4(payload, options=b"", dst=V4[1], total=None, version=4, ihl=None, frag=0, ttl=64, proto=17,
        ident=1, bad_sum=False):
    ihl = 5 + len(options) // 4 if ihl is None else ihl
    total = 20 + len(options) + len(payload) if total is None else total
    h = struct.pack("!BBHHHBBH4s4s", version << 4 | ihl, 0, total, ident, frag, ttl, proto, 0,
                    V4[0], dst) + options
    s = checksum(h) ^ (0x5555 if bad_sum else 0)
    return h[:10] + struct.pack("!H", s) + h[12:] + payload


def ip6(payload, next_header=17, dst=V6[1], length=None, version=6, hops=64):
    length = len(payload) if length is None else length
    return struct.pack("!IHBB16s16s", version << 28, length, next_header, hops, V6[0],
                       dst) + payload


def add(kind, reason, l3, ethertype=None, tail=b"", cut=None, ether=ETHER):
    if ethertype is None:
        ethertype = 0x86dd if l3[:1] and l3[0] >> 4 == 6 else 0x0800
    frame = ether + struct.pack("!H", ethertype) + l3 + tail
    frames.append((kind, reason, frame if cut is None else frame[:cut], len(frame)))


# Whole packets: sent as they are.
add("ipv4", "plain", ip4(udp(32)))
add("ipv6", "plain", ip6(udp(32)))
add("ipv4", "Ethernet padding behind it", ip4(udp(4)), tail=bytes(14))
add("ipv6", "trailer behind it", ip6(udp(4)), tail=b"trailer!")
add("ipv4", "header only, padded", ip4(b"", proto=253), tail=bytes(26))
add("ipv6", "no next header, padded", ip6(b"", next_header=59), tail=bytes(6))
add("ipv4", "record route option", ip4(udp(20), options=b"\x07\x0b\x04" + bytes(8) + b"\0"))
add("ipv4", "router alert option", ip4(udp(20), options=b"\x94\x04\0\0"))
add("ipv4", "header of 60 bytes", ip4(udp(20), options=b"\x01" * 40))
add("ipv4", "first fragment", ip4(udp(1472)[:1480], frag=0x2000, ident=7))
add("ipv4", "last fragment", ip4(b"z" * 33, frag=1480 // 8, ident=7))
add("ipv4", "tiny fragment", ip4(b"y" * 8, frag=0x2001, ident=8))
add("ipv4", "do not fragment", ip4(udp(64), frag=0x4000))
add("ipv4", "TTL 1", ip4(udp(8), ttl=1))
add("ipv4", "TTL 0", ip4(udp(8), ttl=0))
add("ipv4", "wrong header checksum", ip4(udp(8), bad_sum=True))
add("ipv4", "UDP length above the packet", ip4(udp(8)[:4] + b"\xff\xff\0\0" + b"12345678"))
add("ipv4", "protocol 255", ip4(b"x" * 40, proto=255))
add("ipv4", "multicast", ip4(udp(24), dst=socket.inet_aton("224.0.0.251")),
    ether=bytes.fromhex("01005e0000fb" "020000000a01"))
add("ipv4", "broadcast", ip4(udp(24), dst=b"\xff\xff\xff\xff"),
    ether=bytes.fromhex("ffffffffffff" "020000000a01"))
add("ipv6", "multicast", ip6(udp(24), dst=socket.inet_pton(socket.AF_INET6, "ff02::fb")),
    ether=bytes.fromhex("3333000000fb" "020000000a01"))
add("ipv6", "hop-by-hop options", ip6(b"\x11\0\x05\x02\0\0\x01\0" + udp(16), next_header=0))
add("ipv6", "destination options", ip6(b"\x11\0\x01\x04\0\0\0\0" + udp(16), next_header=60))
add("ipv6", "routing header", ip6(b"\x11\x02\x03\0" + bytes(4) + V6[1] + udp(16), next_header=43))
add("ipv6", "first fragment", ip6(struct.pack("!BBHI", 17, 0, 1, 99) + udp(1200), next_header=44))
add("ipv6", "last fragment", ip6(struct.pack("!BBHI", 17, 0, 1208, 99) + b"q" * 50,
                                 next_header=44))
add("ipv6", "hop limit 0", ip6(udp(8), hops=0))
add("ipv4", "exactly the MTU of 1500", ip4(udp(1472)))
add("ipv6", "exactly the MTU of 1500", ip6(udp(1452)))
# Whole, but above the MTU of 1500.
add("oversize", "IPv4 of 1501 bytes", ip4(udp(1473)))
add("oversize", "IPv6 of 1501 bytes", ip6(udp(1453)))
add("oversize", "IPv4 of 9000 bytes", ip4(udp(8972)))
add("oversize", "IPv6 of 40 + 65535 bytes", ip6(udp(65527)[:65535]))
add("oversize", "IPv4 of 65535 bytes", ip4(udp(65507)))
# No whole IP packet.
add("malformed", "IPv4 without a byte", b"", ethertype=0x0800)
add("malformed", "IPv4 of 19 bytes", ip4(b"")[:19])
add("malformed", "IPv4 cut by the capture", ip4(udp(400)), cut=14 + 100)
add("malformed", "IPv4 shorter than its total length", ip4(udp(32), total=61))
add("malformed", "IPv4 total length below its header", ip4(udp(32), total=19))
add("malformed", "IPv4 total length 0", ip4(udp(32), total=0))
add("malformed", "IPv4 header length 4 words", ip4(udp(32), ihl=4))
add("malformed", "IPv4 header length 0", ip4(udp(32), ihl=0))
add("malformed", "IPv4 header length over the packet", ip4(udp(0), ihl=15, total=28))
add("malformed", "version 5 under the IPv4 type", ip4(udp(32), version=5), ethertype=0x0800)
add("malformed", "IPv6 under the IPv4 type", ip6(udp(32)), ethertype=0x0800)
add("malformed", "IPv4 under the IPv6 type", ip4(udp(32)), ethertype=0x86dd)
add("malformed", "version 0 under the IPv6 type", ip6(udp(32), version=0), ethertype=0x86dd)
add("malformed", "IPv6 without a byte", b"", ethertype=0x86dd)
add("malformed", "IPv6 of 39 bytes", ip6(b"")[:39])
add("malformed", "IPv6 payload length one too long", ip6(udp(32), length=41))
add("malformed", "IPv6 payload length 65535", ip6(udp(32), length=65535))
add("malformed", "IPv6 cut by the capture", ip6(udp(400)), cut=14 + 60)
add("malformed", "IPv6 jumbogram, payload length 0",
    ip6(b"\x11\0\xc2\x04" + struct.pack("!I", 70000) + udp(16), next_header=0, length=0))
# Not IP.
add("non_ip", "VLAN with IPv4", b"\0\x64\x08\0" + ip4(udp(32)), ethertype=0x8100)
add("non_ip", "VLAN with IPv6", b"\0\x64\x86\xdd" + ip6(udp(32)), ethertype=0x8100)
add("non_ip", "two VLAN tags", b"\0\x64\x81\0\0\x65\x08\0" + ip4(udp(32)), ethertype=0x88a8)
add("non_ip", "ARP request", struct.pack("!HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, ETHER[6:], V4[0],
                                         bytes(6), V4[1]), ethertype=0x0806)
add("non_ip", "802.3 length field with LLC", b"\x42\x42\x03" + bytes(43), ethertype=46)
add("non_ip", "MPLS with IPv4", b"\0\x01\x01\x40" + ip4(udp(8)), ethertype=0x8847)
add("non_ip", "LLDP", b"\x02\x07\x04" + ETHER[6:] + bytes(2), ethertype=0x88cc)
add("non_ip", "frame of 13 bytes", ip4(udp(8)), cut=13)
add("non_ip", "frame without a byte", ip4(udp(8)), cut=0)
# And one more whole one, so that something has to follow all this.
add("ipv4", "the last", ip4(udp(100)))

directory = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(directory, "bad.pcap"), "wb") as f:
    f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
    for i, (_, _, data, wire) in enumerate(frames):
        f.write(struct.pack("<IIII", 1_700_000_000, i, len(data), wire) + data)
with open(os.path.join(directory, "bad.expected"), "w") as f:
    f.write("# SPDX-License-Identifier: BSD-3-Clause\n# frame kind reason; by make-bad.py\n")
    for i, (kind, reason, _, _) in enumerate(frames):
        f.write("%d %s %s\n" % (i + 1, kind, reason))
