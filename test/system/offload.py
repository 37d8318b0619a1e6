#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""offload.py SENDER DUMP tap|af_packet|virtio_user: what requests become, judged by tshark.

All frames that sys_requests.c asks for arrive in order, bit by bit, with right checksums; an IPv4
datagram of 4,000 bytes also whole at a kernel socket (tap, af_packet).
"""
import json
import os
import signal
import struct
import subprocess
import sys

import sysnet
import sysoffload
import sysudp
from sysnet import check, wait


def capture_start(device, path, ns):
    """tshark on a device; the capture runs when this returns."""
    child = sysnet.spawn(["tshark", "-q", "-B", "32", "-i", device, "-f", "ether[6:4] != 0", "-F", "pcap", "-w",
                          path], ns, stderr=subprocess.PIPE)
    for line in child.stderr:
        if "Capturing on" in line:
            break
    wait(lambda: os.path.exists(path) and os.path.getsize(path) > 0, "the capture file")
    return child


def capture_stop(child):
    child.send_signal(signal.SIGINT)
    child.wait(timeout=20)


SOCKET = """
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)  # SO_RCVBUFFORCE
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
    check(s["injected"] == s["completed"] and s["in_flight"] == 0, "sender: %s" % s)

    def arrived():
        return os.path.exists(path) and sum(1 for _ in sysoffload.read_pcap(path)) >= s["frames"]

    if kind == "virtio_user":
        wait(arrived, "frames at the receiver")
        receiver.stdin.close()
        receiver.wait(timeout=20)
    else:
        data, _ = receiver.communicate(timeout=20)
        check(bytes.fromhex(data.strip()) == sysoffload.pattern(sysoffload.FRAGMENTED),
              "the kernel's socket got something else")
        wait(arrived, "frames in the capture")
        capture_stop(capture)
    with open(targets[0].file, "r+b") as f:
        f.write(struct.pack("QQ", 1, 1))
    _, err = sender.communicate(timeout=20)
    check(sender.returncode == 0, "sender: exit code %d\n%s" % (sender.returncode, err))
    ends = sysoffload.Ends(["10.77.0.2", "fd77:0::2"], sysudp.UDP_PORT)
    try:
        seen = sysoffload.judged(path)
        n = sysoffload.check(seen, ends)
        sysoffload.can_fail(seen, ends, path)
    except sysoffload.Wrong as e:
        check(False, str(e))
    check(n == s["frames"], "%d frames, %s" % (n, s))
    print("net_%s, mode %s: %d NBLs, %d combinations: %d frames, %d of them segments (by software); checksums of "
          "%d, %d by the NIC%s; no checksum error in %d" % (
              kind, s["mode"], s["nbls"], s["combinations"], n, s["segments"], s["checksums"], s["checksums_nic"],
              "" if kind == "virtio_user" else "; a datagram in fragments whole at the kernel's socket", len(seen)))


main()
