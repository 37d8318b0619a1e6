# SPDX-License-Identifier: BSD-3-Clause
"""The frames that the sender of sys_requests.c asks for: known byte by byte, and judged by tshark."""
import itertools
import socket
import struct
import subprocess

LARGE, DATAGRAMS, FRAGMENTED, MTU, SEQUENCE = 65536, 60000, 3972, 1500, 0xffff8000
TAG = bytes.fromhex("8100a007")  # priority 5, VLAN 7
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
STATUS = {0: "ip.checksum.status", TCP: "tcp.checksum.status", UDP: "udp.checksum.status",
          ICMP: "icmp.checksum.status", ICMP6: "icmpv6.checksum.status"}
FIELDS = ["frame.number", "ip.src", "ipv6.src"] + list(STATUS.values())
GOOD, WRONG = "1", "0"


class Wrong(Exception):
    pass


def read_pcap(path):
    """The frames of a classic pcap file; an unfinished last record is left out."""
    with open(path, "rb") as f:
        data = f.read()
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        if at + 16 + size > len(data):
            return
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def write_pcap(path, all_frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for frame in all_frames:
            f.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)


def judged(path):
    """One dictionary per IP frame of a classic pcap file, as tshark sees it with all checksums verified, and
    its bytes as "raw"."""
    options = ["%s.check_checksum:TRUE" % p for p in ("ip", "tcp", "udp")]
    options += ["ip.defragment:TRUE", "tcp.desegment_tcp_streams:FALSE"]
    command = ["tshark", "-n", "-r", path, "-Y", "ip || ipv6", "-T", "fields", "-E", "occurrence=f"]
    command += list(itertools.chain(*(("-o", o) for o in options), *(("-e", f) for f in FIELDS)))
    child = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if child.returncode:
        raise Wrong("tshark: " + child.stderr)
    seen, raw = [dict(zip(FIELDS, line.split("\t"))) for line in child.stdout.splitlines()], list(read_pcap(path))
    for f in seen:
        f["raw"] = raw[int(f["frame.number"]) - 1]
    return seen


def pattern(n):
    return bytes((i * 31 + i // 251) & 0xff for i in range(n))


def inet_sum(data):
    total = sum(struct.unpack("!%dH" % ((len(data) + 1) // 2), data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Ends:
    """Addresses as text; a sender's ends in 1 (sys_frame.c) unless it is given."""

    def __init__(self, addresses, port, sources=()):
        families, sources = (socket.AF_INET, socket.AF_INET6), sources or [a[:-1] + "1" for a in addresses]
        self.port = port
        self.address = [socket.inet_pton(f, a) for f, a in zip(families, addresses)]
        self.source = [socket.inet_pton(f, a) for f, a in zip(families, sources)]
        self.text = [socket.inet_ntop(f, a) for f, a in zip(families, self.source)]

    def ip_header(self, six, proto, size, number, fragment=0):
        """size: bytes behind it."""
        if six:
            return struct.pack("!IHBB", 6 << 28 | number, size, proto, 64) + self.source[1] + self.address[1]
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, number, fragment, 64, proto, 0)
        head += self.source[0] + self.address[0]
        return head[:10] + struct.pack("!H", inet_sum(head)) + head[12:]

    def datagram(self, six, proto, number, payload, sequence=0, flags=0x19):
        """What is behind the IP header."""
        at, size = {TCP: 16, UDP: 6}.get(proto, 2), len(payload)
        if proto == TCP:
            data = struct.pack("!HHIIBBHHH", 40000, self.port, (SEQUENCE + sequence) & 0xffffffff, 0, 0x50, flags,
                               1000, 0, 0) + payload
        elif proto == UDP:
            data = struct.pack("!HHHH", 40000, self.port, 8 + size, 0) + payload
        else:
            data = struct.pack("!BBHI", 0 if proto == ICMP else 129, 0, 0, 0) + payload
        pseudo = self.source[six] + self.address[six] + struct.pack("!II", len(data), proto)
        total = inet_sum((b"" if proto == ICMP else pseudo) + data)
        return data[:at] + struct.pack("!H", total or (0xffff if proto == UDP else 0)) + data[at + 2:]

    def frame(self, six, proto, number, tagged, *args):
        """Without the MAC addresses."""
        data = self.datagram(six, proto, number, *args)
        return (TAG if tagged else b"") + (b"\x86\xdd" if six else b"\x08\x00") + \
            self.ip_header(six, proto, len(data), number) + data


def matrix(ends):
    """(what it is, transport protocol, bytes)"""
    n = 0
    for six, proto, mdls, request, tagged in itertools.product(
            (0, 1), (TCP, UDP, ICMP), (1, 2, 5), (False, True), (False, True)):
        proto, n = ICMP6 if six and proto == ICMP else proto, n + 1
        yield ("packet %d (IPv%d, protocol %d, %d MDLs, request %d, tag %d)" % (
            n, 6 if six else 4, proto, mdls, request, tagged), proto,
            ends.frame(six, proto, n, tagged, pattern(394 + n * 7 + (n - 1) // 4 % 2), n))


def large(ends, six, tagged):
    what = "of the large IPv%d %%s%s" % (6 if six else 4, " with a tag" if tagged else "")
    mss, whole, first = MTU - (60 if six else 40), pattern(LARGE), 30000 if tagged else 65520
    for i, at in enumerate(range(0, LARGE, mss)):
        number = first if six else (first + i) & 0xffff
        yield ("segment %d " % i + what % "send", TCP,
               ends.frame(six, TCP, number, tagged, whole[at:at + mss], first + at,
                          0x19 if at + mss >= LARGE else 0x10))
    mss, whole, first = MTU - (48 if six else 28), pattern(DATAGRAMS), 41000 if tagged else 40000
    for i, at in enumerate(range(0, DATAGRAMS, mss)):
        yield ("datagram %d " % i + what % "UDP segmentation", UDP,
               ends.frame(six, UDP, first if six else first + i, tagged, whole[at:at + mss]))


def fragments(ends):
    data, size = ends.datagram(0, UDP, 50000, pattern(FRAGMENTED)), MTU - 20
    for at in range(0, len(data), size):
        piece, more = data[at:at + size], at + size < len(data)
        yield ("fragment at %d" % at, None if more else UDP,  # tshark adds up in the last one
               b"\x08\x00" + ends.ip_header(0, UDP, len(piece), 50000, (0x2000 if more else 0) | at // 8) + piece)


def everything(ends):
    yield from matrix(ends)
    for six, tagged in itertools.product((0, 1), (False, True)):
        yield from large(ends, six, tagged)
    yield from fragments(ends)


def check(all_frames, ends):
    """All frames of the sender are there, once, in order, bit by bit, and tshark finds each of their checksums
    right and none wrong in any other frame. Returns their number."""
    bad = [f for f in all_frames if any(f[x] == WRONG for x in STATUS.values())]
    if bad:
        raise Wrong("%d frames with a wrong checksum, first %s" % (len(bad), bad[0]))
    mine = [f for f in all_frames if (f["ip.src"] or f["ipv6.src"]) in ends.text]
    wanted = list(everything(ends))
    for n, (f, (what, proto, data)) in enumerate(zip(mine, wanted)):
        seen = f["raw"][12:]
        if seen != data:
            at = next((i for i, (a, b) in enumerate(zip(seen, data)) if a != b), min(len(seen), len(data)))
            raise Wrong("frame %d is not %s: %d bytes, not %d; at %d %s, not %s" % (
                n, what, len(seen), len(data), at, seen[at:at + 32].hex(), data[at:at + 32].hex()))
        judges = ([STATUS[0]] if f["ip.src"] else []) + ([STATUS[proto]] if proto else [])
        if any(f[x] != GOOD for x in judges):
            raise Wrong("%s: tshark has not judged %s: %s" % (what, judges, f))
    if len(mine) != len(wanted):
        raise Wrong("%d frames, %d expected" % (len(mine), len(wanted)))
    return len(mine)


def flipped(frame, at):
    return frame[:at] + bytes([frame[at] ^ 0x10]) + frame[at + 1:]


def can_fail(all_frames, ends, path):
    """check() has passed these; it must not pass them with a frame less, twice or in another place, and tshark,
    which reads them from the file path, has to find one wrong bit in any packet of the matrix."""
    mine = [f for f in all_frames if (f["ip.src"] or f["ipv6.src"]) in ends.text]
    for broken in (mine[:80] + mine[81:], mine[:80] + mine[79:], mine[:79] + [mine[80], mine[79]] + mine[81:]):
        try:
            check(broken, ends)
        except Wrong:
            continue
        raise Wrong("a broken capture passes")
    whole = list(matrix(ends))
    bad = [(proto, flipped(f["raw"], len(f["raw"]) - 1)) for f, (_, proto, _) in zip(mine, whole)]
    bad += [(0, flipped(f["raw"], 22 + 4 * (f["raw"][12] == 0x81))) for f in mine[:len(whole)] if f["ip.src"]]
    write_pcap(path, [frame for _, frame in bad])
    seen = judged(path)
    for i, (proto, frame) in enumerate(bad):
        f = seen[i] if i < len(seen) else None
        if f is None or f[STATUS[proto]] != WRONG:
            raise Wrong("tshark finds nothing wrong: %s in %s" % (f, frame.hex()))
