#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""offload.py SENDER DUMP tap|af_packet|virtio_user: what requests become, judged by tshark.

The whole matrix of sys_offload.c arrives with right checksums and the tags asked for; large
sends as segments that make up the stream; an IPv4 datagram of 4,000 bytes whole at a kernel
socket (tap, af_packet), and with DF back at the sender with the MTU.
"""
import itertools
import json
import os
import signal
import socket
import struct
import subprocess
import sys

import sysnet
import sysudp
from sysnet import check, wait

LARGE, DATAGRAMS, MSS = 64000, 10000, 1400
FIELDS = ["frame.number", "vlan.id", "vlan.priority", "ip.id", "ipv6.flow", "ip.flags.mf", "ip.frag_offset",
          "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status",
          "icmpv6.checksum.status", "tcp.seq_raw", "tcp.flags", "tcp.payload", "udp.payload", "data.data",
          "ipv6.src", "udp.length"]
GOOD = "1"


def pattern(n):
    return bytes((i * 31 + i // 251) & 0xff for i in range(n))


def capture_start(device, path, ns):
    """tshark on a device; the capture runs when this returns."""
    child = sysnet.spawn(["tshark", "-q", "-B", "32", "-i", device, "-f", "ether[6:4] != 0", "-w", path], ns,
                         stderr=subprocess.PIPE)
    for line in child.stderr:
        if "Capturing on" in line:
            break
    wait(lambda: os.path.exists(path) and os.path.getsize(path) > 0, "the capture file")
    return child


def capture_stop(child):
    child.send_signal(signal.SIGINT)
    child.wait(timeout=20)


def frames(path, growing=False):
    """One dictionary per frame, as tshark sees it with all checksums verified. The end of a file that grows may
    be half a frame."""
    options = ["%s.check_checksum:TRUE" % p for p in ("ip", "tcp", "udp")]
    options += ["ip.defragment:TRUE", "tcp.desegment_tcp_streams:FALSE", "tcp.relative_sequence_numbers:FALSE"]
    command = ["tshark", "-n", "-r", path, "-Y", "ip || ipv6", "-T", "fields", "-E", "occurrence=f"]
    command += list(itertools.chain(*(("-o", o) for o in options), *(("-e", f) for f in FIELDS)))
    code, out, err = sysnet.run(command)
    check(code == 0 or growing, "tshark: " + err)
    return [dict(zip(FIELDS, line.split("\t"))) for line in out.splitlines()]


def number(frame):
    """Identification or flow label; None: not the sender's."""
    text = frame["ip.id"] or frame["ipv6.flow"]
    return int(text, 16) if text else None


def check_matrix(all_frames):
    """Every combination is there once, and right."""
    seen = {}
    for f in all_frames:
        seen.setdefault((f["ipv6.flow"] != "", number(f)), []).append(f)
    n = 0
    for six, proto, mdls, request, tagged in itertools.product(
            (False, True), ("tcp", "udp", "icmp"), (1, 2, 5), (False, True), (False, True)):
        n += 1
        what = "packet %d: IPv%d %s, %d MDLs, request %d, tag %d" % (n, 6 if six else 4, proto, mdls, request, tagged)
        here = seen.get((six, n), [])
        check(len(here) == 1, "%s: %d frames" % (what, len(here)))
        f = here[0]
        field = {"tcp": "tcp", "udp": "udp", "icmp": "icmpv6" if six else "icmp"}[proto] + ".checksum.status"
        check(f[field] == GOOD and (six or f["ip.checksum.status"] == GOOD), "%s: checksum: %s" % (what, f))
        check((f["vlan.id"], f["vlan.priority"]) == (("7", "5") if tagged else ("", "")), "%s: tag: %s" % (what, f))
        data = f["tcp.payload"] or f["udp.payload"] or f["data.data"]
        check(six and proto == "icmp" or bytes.fromhex(data)[-350:] == pattern(401 + (n - 1) * 7)[-350:],
              "%s: payload %s" % (what, data[:80]))
    return n


def check_segments(all_frames, six):
    """A stream of LARGE bytes, and datagrams of MSS bytes."""
    mine = [f for f in all_frames if (f["ipv6.flow"] != "") == six]
    first = 30000 & (0xfffff if six else 0xffff)
    count = -(-LARGE // MSS)
    tcp = [f for f in mine if f["tcp.payload"] and f["tcp.checksum.status"] == GOOD and
           (number(f) == first if six else first <= number(f) < first + count)]
    check(len(tcp) == count, "IPv%d: %d segments, %d expected" % (6 if six else 4, len(tcp), count))
    base, stream = int(tcp[0]["tcp.seq_raw"]), b""
    for i, f in enumerate(tcp):
        check(six or number(f) == first + i and f["ip.checksum.status"] == GOOD, "segment %d: %s" % (i, f))
        check((int(f["tcp.seq_raw"]) - base) % 2**32 == len(stream), "segment %d: sequence %s" % (i, f))
        check(int(f["tcp.flags"], 16) & 0x3f == (0x19 if i + 1 == count else 0x10), "segment %d: flags %s" % (i, f))
        stream += bytes.fromhex(f["tcp.payload"])
    check(stream == pattern(LARGE), "IPv%d: the stream is not what was sent" % (6 if six else 4))
    first, count = 40000, -(-DATAGRAMS // MSS)
    udp = [f for f in mine if f["udp.payload"] and f["udp.checksum.status"] == GOOD and
           (number(f) == first if six else first <= number(f) < first + count)]
    check(len(udp) == count, "IPv%d: %d datagrams, %d expected" % (6 if six else 4, len(udp), count))
    check(b"".join(bytes.fromhex(f["udp.payload"]) for f in udp) == pattern(DATAGRAMS), "UDP segmentation: payload")
    return len(tcp), len(udp)


def check_fragments(all_frames):
    mine = [f for f in all_frames if f["ip.id"] and number(f) == 50000]
    offsets = [(int(f["ip.frag_offset"]), f["ip.flags.mf"] in ("1", "True")) for f in mine]
    check(offsets == [(0, True), (185, True), (370, False)] or
          offsets == [(0, True), (1480, True), (2960, False)], "fragments: %s" % offsets)
    check(all(f["ip.checksum.status"] == GOOD for f in mine) and mine[-1]["udp.checksum.status"] == GOOD,
          "fragments: %s" % mine)


def no_errors(all_frames):
    bad = [f for f in all_frames if any(f[x] == "0" for x in FIELDS if x.endswith("checksum.status"))]
    check(not bad, "%d frames with a wrong checksum: %s" % (len(bad), bad[:2]))


SOCKET = """
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], int(sys.argv[2])))
print("bound", flush=True)
s.settimeout(30)
while True:
    data = s.recv(65536)
    if len(data) > 2000:
        print(data.hex(), flush=True)
        break
"""


def kernel_socket(ns):
    child = sysnet.spawn([sys.executable, "-c", SOCKET, "10.77.0.2", str(sysudp.UDP_PORT)], ns, stdout=subprocess.PIPE)
    child.stdout.readline()
    return child


def main():
    program, dump, kind = sys.argv[1:4]
    sysnet.enter("tshark")
    path, ns, mac, receiver, capture = os.path.join(sysnet.tmp, "seen.pcap"), None, None, None, None
    if kind == "tap":
        mac = "02:00:00:00:77:02"
        eal = sysnet.eal("net_tap0,iface=dtap0,mac=" + mac)
    elif kind == "af_packet":
        ns = sysnet.make_veth(0)
        eal = sysnet.eal("net_af_packet0,iface=v0")
    else:
        shared = os.path.join(sysnet.tmp, "socket")
        eal = sysnet.eal("net_virtio_user0,path=%s,queue_size=256" % shared)
    targets = [sysudp.Target(0, 0, version, mac) for version in (4, 6)]
    if kind == "virtio_user":
        receiver = sysnet.spawn([dump] + sysnet.eal("net_vhost0,iface=" + shared) + [path, targets[0].file],
                                stdin=subprocess.PIPE)
        wait(lambda: os.path.exists(shared), "the receiver's socket")
    sender = sysnet.spawn([program] + eal + [t.to[5:] for t in targets], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if kind != "virtio_user":
        if kind == "tap":
            sysudp.device_up("dtap0", 0)(sender)
        receiver = kernel_socket(ns)
        capture = capture_start("dtap0" if kind == "tap" else "w0", path, ns)
        wait(lambda: os.path.exists(targets[0].file) and os.path.getsize(targets[0].file) == 16, "the progress file")
        with open(targets[0].file, "r+b") as f:
            f.write(struct.pack("Q", 1))
    line = next((x for x in sender.stdout if x.startswith("{")), None)
    if line is None:
        check(False, "the sender has ended: " + sender.stderr.read())
    s = json.loads(line)
    check(s["injected"] == s["completed"] and s["in_flight"] == 0 and s["mtu"] == 1500, "sender: %s" % s)
    if kind == "virtio_user":
        def counted():
            with open(path, "rb") as f:
                return os.path.getsize(path) > 24 and len(sysnet.read_pcap(path)) >= s["packets"]
        wait(counted, "frames at the receiver")
        receiver.stdin.close()
        receiver.wait(timeout=20)
    else:
        data, _ = receiver.communicate(timeout=20)
        check(bytes.fromhex(data.strip()) == pattern(3972), "the kernel's socket got something else")
        wait(lambda: len(frames(path, growing=True)) >= s["packets"], "frames in the capture")
        capture_stop(capture)
    with open(targets[0].file, "r+b") as f:
        f.write(struct.pack("QQ", 1, 1))
    _, err = sender.communicate(timeout=20)
    check(sender.returncode == 0, "sender: exit code %d\n%s" % (sender.returncode, err))
    seen = frames(path)
    no_errors(seen)
    matrix = check_matrix(seen)
    check(matrix == s["matrix"], "combinations")
    counts = [check_segments(seen, six) for six in (False, True)]
    check_fragments(seen)
    print("net_%s, mode %s: %d combinations, %s segments and datagrams, a datagram in fragments%s; "
          "%d frames, no checksum error" % (kind, s["mode"], matrix, counts,
                                           "" if kind == "virtio_user" else " whole at the kernel's socket", len(seen)))


main()
