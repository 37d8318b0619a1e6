#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""callouts.py TESTPMD: known packets from a capture through every receiving forward mode on one
port; what leaves, which checksums it has and what was counted follows from them."""
import os
import random
import struct
import sys

import sysnet
from sysnet import check
from syspackets import (FRAGMENT, ICMP, ICMP6, TCP, UDP, addr, checksum, echo, frame, ip, tcp, udp,
                        with_checksum, write_pcap)
from syspmd import Testpmd

PORT = "02:70:63:61:70:00"  # what net_pcap gives its first port
A, B = "02:00:00:00:00:02", "02:00:00:00:01:02"
A4, B4, A6, B6 = "10.77.0.2", "10.77.1.2", "fd77::2", "fd77:1::2"
US4, US6, OUT4, OUT6 = "10.77.0.1", "fd77::1", "10.77.1.1", "fd77:1::1"
STACK = ["if addr if0 %s/24" % US4, "if addr if0 %s/24" % OUT4, "if addr if0 %s/64" % US6,
         "if addr if0 %s/64" % OUT6, "neigh add if0 %s %s" % (A4, A), "neigh add if0 %s %s" % (A6, A),
         "neigh add if0 %s %s" % (B4, B), "neigh add if0 %s %s" % (B6, B),
         "if set if0 forwarding on"]
NAT = ["nat 10.77.0.0/24 to " + OUT4, "nat fd77::/64 to " + OUT6]
MUTATED = 3000
HOPS = 16  # FWI_HOPS_MAX
ABSORBED, HOPLIMIT, TOO_BIG = "0xc0220104", "0xc000a012", "0xc0000206"


def made(src4, src6, dst4, dst6, sport, ident, ttl=64, tos=0, reply=False):
    """Every kind of packet from one side to the other."""
    ports = (sport, 2000) if not reply else (2000, sport)
    packets = []
    for version, src, dst in ((4, src4, dst4), (6, src6, dst6)):
        icmp, mtu = (ICMP if version == 4 else ICMP6), 1500
        ping = echo(version, ident, 1, bytes(range(56)), reply)
        big = echo(version, ident, 2, bytes(range(250)) * 16, reply)
        packets += ip(src, dst, UDP, udp(*ports, b"odd"), ttl, tos)
        packets += ip(src, dst, TCP, tcp(*ports, b"some data"), ttl, tos)
        packets += ip(src, dst, icmp, ping, ttl, tos)
        packets += ip(src, dst, icmp, big, ttl, tos, 77, mtu)
        packets += ip(src, dst, UDP, udp(*ports, bytes(3000)), ttl, tos, 78, mtu)
    packets += ip(src4, dst4, UDP, udp(*ports, b"no checksum"), ttl, tos, sums=False)
    return packets


def whole(packet):
    """Its checksums are right, as far as one packet tells."""
    if packet[0] >> 4 == 4:
        check(checksum(packet[:20]) == 0, "IPv4 header checksum of " + packet.hex())
        fragment = struct.unpack("!H", packet[6:8])[0] & 0x3fff
        src, dst, protocol, data = packet[12:16], packet[16:20], packet[9], packet[20:]
    else:
        fragment = packet[6] == FRAGMENT
        src, dst, protocol, data = packet[8:24], packet[24:40], packet[6], packet[40:]
    if not fragment and not (protocol == UDP and data[6:8] == b"\0\0"):
        check(data == with_checksum(src, dst, protocol, data), "checksum of " + packet.hex())


def conserved(what, n):
    """Every packet that was read, injected or put together has one end."""
    ends = ("gone_on", "delivered", "forwarded", "from_stack", "fragments", "blocked", "absorbed",
            "malformed", "ttl_ended", "no_route", "too_big", "no_room", "no_memory", "not_taken")
    begun, ended = n["read"] + n["injected"] + n["reassembled"], sum(n[k] for k in ends)
    check(begun == ended, "%s: %d begun, %d ended: %s" % (what, begun, ended, n))


def through(program, mode, frames, args=(), commands=(), failed=0, made_well=True):
    """The frames that left and the summary."""
    into, out = (os.path.join(sysnet.tmp, x) for x in ("in.pcap", "out.pcap"))
    write_pcap(into, frames)
    pmd = Testpmd(program, ["net_pcap0,rx_pcap=%s,tx_pcap=%s" % (into, out)],
                  ["--forward-mode=" + mode] + list(args), STACK + list(commands))
    pmd.command("start")

    def all_read():
        return pmd.input("read") == len(frames)
    sysnet.wait(all_read, "%d packets read" % len(frames))
    summary = pmd.stop(failed)  # what is held or in flight comes back before the end
    conserved(mode, summary["input"])
    left = [f for f, _ in sysnet.read_pcap(out)]
    for f in left if made_well else ():
        whole(f[14:])
    return left, summary


def expect(what, left, expected):
    check(len(left) == len(expected), "%s: %d frames left, %d expected" % (what, len(left), len(expected)))
    for n, (a, b) in enumerate(zip(left, expected)):
        check(a[:len(b)] == b, "%s: frame %d is\n%s, expected\n%s" % (what, n, a.hex(), b.hex()))


def forwarded(program):
    """With and without callouts: TTL one less, the rest as it was but for the mark."""
    frames = [frame(PORT, A, p) for p in made(A4, A6, B4, B6, 1000, 55)]
    n = len(frames)
    plain = [frame(B, PORT, p) for p in made(A4, A6, B4, B6, 1000, 55, 63)]
    marked = [frame(B, PORT, p) for p in made(A4, A6, B4, B6, 1000, 55, 63, 0x20)]
    for mode, args, expected, absorbed, by_status in (
            ("forward", [], plain, 0, {}),
            ("inspect", [], plain, 0, {}),
            ("callout", [], marked, n, {"0x00000000": n}),
            ("callout", ["--layers=forward"], marked, n, {"0x00000000": n}),
            ("callout", ["--layers=both"], marked, 2 * n, {"0x00000000": n, ABSORBED: n}),
            ("callout", ["--hold-ms=50"], marked, n, {"0x00000000": n})):
        left, s = through(program, mode, frames, args, failed=by_status.get(ABSORBED, 0))
        what = " ".join([mode] + args)
        expect(what, left, expected)
        check(s["input"]["absorbed"] == absorbed, "%s: %s" % (what, s["input"]))
        check(s["by_status"] == by_status, "%s: %s" % (what, s["by_status"]))
        print("%s: %d packets, %d absorbed, %d left" % (what, n, absorbed, len(left)))


def translated(program):
    """Flows get ports from 32768 on in their order; the way back is the same."""
    out = made(A4, A6, B4, B6, 1000, 55)
    frames = [frame(PORT, A, p) for p in out]
    left, s = through(program, "nat", frames, commands=NAT)
    ports = {}
    for f in left:
        check(f[:12] == frame(B, PORT, out[0])[:12], "nat: to " + f[:12].hex())
        p = f[14:]
        check(addr(OUT4) == p[12:16] if p[0] >> 4 == 4 else addr(OUT6) == p[8:24],
              "nat: source " + p[:40].hex())
        check((p[8] if p[0] >> 4 == 4 else p[7]) == 63, "nat: TTL")
        head = 20 if p[0] >> 4 == 4 else 48 if p[6] == FRAGMENT else 40
        proto = p[9] if head == 20 else p[40] if head == 48 else p[6]
        later = head == 20 and struct.unpack("!H", p[6:8])[0] & 0x1fff or \
            head == 48 and struct.unpack("!H", p[42:44])[0] & 0xfff8
        if not later:
            at = head + (4 if proto in (ICMP, ICMP6) else 0)
            ports.setdefault((p[0] >> 4, proto), set()).add(struct.unpack("!H", p[at:at + 2])[0])
    check(len(left) == len(frames) and len(ports) == 6 and all(len(x) == 1 for x in ports.values()),
          "nat: %d of %d left, ports %s" % (len(left), len(frames), ports))
    port = {k: x.pop() for k, x in ports.items()}
    check(sorted(port.values()) == list(range(32768, 32774)), "nat: ports %s" % port)

    # In one run: out, so that there are flows, then answers to them, and one to nobody.
    back = []
    for version, us, them, inside in ((4, OUT4, B4, A4), (6, OUT6, B6, A6)):
        icmp = ICMP if version == 4 else ICMP6
        for proto, data in ((UDP, udp(2000, port[version, UDP], b"back")),
                            (TCP, tcp(2000, port[version, TCP], b"back")),
                            (icmp, echo(version, port[version, icmp], 1, b"back", True)),
                            (icmp, echo(version, port[version, icmp], 2, bytes(4000), True))):
            back += ip(them, us, proto, data, ident=99, mtu=1500)
    stray = ip(B4, OUT4, UDP, udp(2000, 32768 + 4000, b"stray")) + \
        ip(B4, OUT4, UDP, udp(2001, port[4, UDP], b"another remote port"))
    expected = []
    for version, them, inside in ((4, B4, A4), (6, B6, A6)):
        icmp = ICMP if version == 4 else ICMP6
        for proto, data in ((UDP, udp(2000, 1000, b"back")), (TCP, tcp(2000, 1000, b"back")),
                            (icmp, echo(version, 55, 1, b"back", True)),
                            (icmp, echo(version, 55, 2, bytes(4000), True))):
            expected += ip(them, inside, proto, data, ttl=63, ident=99, mtu=1500)
    again, s = through(program, "nat", frames + [frame(PORT, B, p) for p in back + stray],
                       commands=NAT)
    expect("nat, out", again[:len(left)], left)
    expect("nat, back", again[len(left):], [frame(A, PORT, p) for p in expected])
    c = s["callouts"]
    check(c["out"] == len(frames) and c["in"] == len(back) and c["unknown"] == len(stray) ==
          s["input"]["delivered"] and c["failed"] == c["untranslated"] == 0, "nat: %s" % c)
    print("nat: %d packets out and %d back, 6 flows, 2 strays" % (len(left), len(back)))


def local(program):
    """Echo to us; F fragments are 2F + 1 indications; nothing passes drop; a loop ends."""
    pings = [frame(PORT, A, ip(A4, US4, ICMP, echo(4, 7, 1, b"ping"))[0]),
             frame(PORT, A, ip(A6, US6, ICMP6, echo(6, 7, 1, b"ping"))[0])]
    pongs = [frame(A, PORT, ip(US4, A4, ICMP, echo(4, 7, 1, b"ping", True))[0]),
             frame(A, PORT, ip(US6, A6, ICMP6, echo(6, 7, 1, b"ping", True))[0])]
    big = [frame(PORT, A, p) for v, a, us, icmp in ((4, A4, US4, ICMP), (6, A6, US6, ICMP6))
           for p in ip(a, us, icmp, echo(v, 7, 2, bytes(4000)), ident=3, mtu=1500)]
    left, s = through(program, "echo", pings + big, failed=2)
    expect("echo", left, pongs)
    check(s["callouts"] == {"requests": 4, "answered": 2, "failed": 2} and
          s["by_status"] == {"0x00000000": 2, TOO_BIG: 2}, "echo: %s" % s)

    left, s = through(program, "inspect", big)
    check(s["callouts"] == {"IPv4 indications": 7, "IPv6 indications": 7, "fragments": 6,
                            "reassembled": 2} and not left, "inspect: %s" % s["callouts"])
    print("echo: 2 answered, 2 above the MTU; inspect: 3 fragments are 7 indications")

    frames = [frame(PORT, A, p) for p in made(A4, A6, B4, B6, 1000, 55)]
    left, s = through(program, "drop", frames)
    check(not left and s["input"]["blocked"] == len(frames) and
          0 < s["callouts"]["dropped by the callout"] < len(frames), "drop: %s" % s)
    left, s = through(program, "loop", frames, failed=HOPS * len(frames) + len(frames))
    check(not left and s["input"]["hops_ended"] == s["callouts"]["hop limit"] ==
          s["by_status"][HOPLIMIT] == len(frames) and s["input"]["injected"] == HOPS * len(frames),
          "loop: %s" % s)
    print("drop: %d blocked; loop: each of %d ended after %d times" % (len(frames), len(frames), HOPS))


def mutated(program):
    """Packets that are not what their headers say: all of them have an end that is counted."""
    rng = random.Random(6)
    to_us = made(A4, A6, US4, US6, 1000, 55) + made(B4, B6, OUT4, OUT6, 1000, 55, reply=True)
    good = [frame(PORT, A, p) for p in made(A4, A6, B4, B6, 1000, 55) + to_us]
    frames = []
    for _ in range(MUTATED):
        f = bytearray(rng.choice(good))
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            f[rng.randrange(12, min(len(f), 80))] = rng.choice((0, 1, 0x7f, 0xff, rng.randrange(256)))
        frames.append(bytes(f[:rng.choice((len(f),) * 3 + (rng.randrange(14, len(f)),))]))
    for mode, args, commands in (("callout", ["--layers=both"], ()), ("nat", [], NAT), ("echo", [], ())):
        left, s = through(program, mode, frames, args, commands, None, made_well=False)
        n = s["input"]
        check(n["malformed"] > 0 and n["delivered"] + n["absorbed"] > 0, "mutated: %s" % n)
        print("%s: of %d mutated packets %d malformed, %d absorbed, %d left" % (
            mode, len(frames), n["malformed"], n["absorbed"], len(left)))


def main():
    sysnet.enter(root=False)
    forwarded(sys.argv[1])
    translated(sys.argv[1])
    local(sys.argv[1])
    mutated(sys.argv[1])


main()
