# SPDX-License-Identifier: BSD-3-Clause
"""Frames made and taken apart by hand, with checksums computed the long way."""
import ipaddress
import struct

ICMP, TCP, UDP, FRAGMENT, ICMP6 = 1, 6, 17, 44, 58


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def mac(text):
    return bytes(int(x, 16) for x in text.split(":"))


def addr(text):
    return ipaddress.ip_address(text).packed


def pseudo(src, dst, protocol, length):
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, protocol, length)
    return src + dst + struct.pack("!II", length, protocol)


CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2, ICMP6: 2}


def with_checksum(src, dst, protocol, data):
    at = CHECKSUM_AT[protocol]
    head = b"" if protocol == ICMP else pseudo(src, dst, protocol, len(data))
    value = checksum(head + data[:at] + b"\0\0" + data[at + 2:])
    if protocol == UDP and value == 0:
        value = 0xffff
    return data[:at] + struct.pack("!H", value) + data[at + 2:]


def udp(sport, dport, payload=b""):
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def tcp(sport, dport, payload=b""):
    return struct.pack("!HHIIBBHHH", sport, dport, 1, 2, 0x50, 0x18, 1024, 0, 0) + payload


def echo(version, ident, seq, payload=b"", reply=False):
    kind = (0 if reply else 8) if version == 4 else (129 if reply else 128)
    return struct.pack("!BBHHH", kind, 0, 0, ident, seq) + payload


def ip(src, dst, protocol, data, ttl=64, tos=0, ident=0, mtu=None, sums=True):
    """The IP packets of a transport segment: one, or its fragments below an MTU."""
    src, dst = addr(src), addr(dst)
    if sums:
        data = with_checksum(src, dst, protocol, data)
    if len(src) == 4:
        step = len(data) if mtu is None else (mtu - 20) // 8 * 8
        packets = []
        for at in range(0, max(len(data), 1), max(step, 1)):
            part = data[at:at + step]
            more = 0x2000 if at + step < len(data) else 0
            head = struct.pack("!BBHHHBBH", 0x45, tos, 20 + len(part), ident, more | at // 8, ttl,
                               protocol, 0) + src + dst
            packets.append(head[:10] + struct.pack("!H", checksum(head)) + head[12:] + part)
        return packets
    head = struct.pack("!IHBB", 6 << 28 | tos << 20, len(data), protocol, ttl) + src + dst
    if mtu is None or len(data) + 40 <= mtu:
        return [head + data]
    step, packets = (mtu - 48) // 8 * 8, []
    for at in range(0, len(data), step):
        part = data[at:at + step]
        more = 1 if at + step < len(data) else 0
        head = struct.pack("!IHBB", 6 << 28 | tos << 20, 8 + len(part), FRAGMENT, ttl) + src + dst
        packets.append(head + struct.pack("!BBHI", protocol, 0, at | more, ident) + part)
    return packets


def frame(dst, src, packet):
    return mac(dst) + mac(src) + (b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd") + packet


def write_pcap(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for data in frames:
            f.write(struct.pack("<IIII", 0, 0, len(data), len(data)) + data)
