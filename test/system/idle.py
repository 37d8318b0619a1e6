#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""idle.py SENDER RECEIVER: a few NBLs and then silence, on every port that this machine can make.

In the default mode all of them complete without more traffic. Forced zero-copy on a port whose
driver releases lazily says that its idle queue has no bound; fwpdk_port_drain() empties it, and
says why not when it must not stop the port.
"""
import os
import sys

import sysnet
import sysudp
from sysnet import check
from syschurn import ABORTED, SUCCESS, Churn, Peer
from sysudp import Target

COUNTS = (1, 31, 32, 33, 500)
EBUSY = -16


def with_peer(kind, number):
    """Devices of both ends and their socket; who makes the socket comes first."""
    path = os.path.join(sysnet.tmp, "idle%d" % number)
    memif = "net_memif0,role=%s,id=0,socket=" + path + ",socket-abstract=no"
    virtio, vhost = "net_virtio_user0,queue_size=256,path=%s" % path, "net_vhost0,iface=" + path
    return {"virtio_user": (virtio, vhost, path, True), "vhost": (vhost, virtio, path, False),
            "memif": (memif % "client", memif % "server", path, True)}[kind]


def open_port(program, receiver, kind, number, mode):
    target, args, peer = Target(0, number, 4), ["--mode=" + mode, "--threads=1"], None
    if kind in ("virtio_user", "vhost", "memif"):
        mine, theirs, path, peer_first = with_peer(kind, number)
        if peer_first:
            peer = Peer(receiver, [theirs], target)
            sysnet.wait(lambda: os.path.exists(path), "the peer's socket")
        churn = Churn(program, [mine], target, args)
        if not peer_first:
            sysnet.wait(lambda: os.path.exists(path), "our socket")
            peer = Peer(receiver, [theirs], target)
    elif kind == "ring":
        churn = Churn(program, ["net_ring0"], target, args + ["--ring"])
    elif kind == "tap":
        churn = Churn(program, ["net_tap0,iface=dtap%d" % number], target, args)
        sysudp.device_up("dtap%d" % number, number)(churn.child)
    elif kind == "null":
        churn = Churn(program, ["net_null0"], target, args)
    else:
        sysnet.make_veth(number)
        churn = Churn(program, ["net_%s0,iface=v%d" % (kind, number)], target, args)
    opened = churn.opened()
    if peer:
        peer.listens()
    return churn, opened, peer


def default_mode(program, receiver, kind, number):
    churn, port, peer = open_port(program, receiver, kind, number, "auto")
    for n in COUNTS:
        s = churn.tell("burst", n)
        check(s["rc"] == 0 and s["in_flight"] == 0, "%s: %d NBLs, then silence: %s" % (kind, n, s))
    # What a receiver has is not the port's to promise.
    check(port["idle_bound_us"] >= 0 or kind == "ring", "%s has no bound: %s" % (kind, port))
    if peer:  # what is unread when a shared memory port stops is lost
        sysnet.wait(lambda: peer.received() == s["injected"], kind + ": all of it at the peer")
    s = churn.end([SUCCESS])
    if peer:
        check(peer.end() == s["injected"], "%s: not all at the peer" % kind)
    print("%s: %s, %s, bound %d us: %s NBLs complete without more traffic" % (
        port["driver"], port["mode"], port["strategy"], port["idle_bound_us"], COUNTS))


def zero_copy(program, receiver, number):
    churn, port, peer = open_port(program, receiver, "virtio_user", number, "cpool")
    check(port["mode"] == "cpool" and port["strategy"] == "none" and port["idle_bound_us"] == -1,
          "zero-copy forced: %s" % port)
    tails = []
    for n in COUNTS:
        s = churn.tell("burst", n)
        check(s["rc"] == 0, "%d NBLs: %s" % (n, s))
        tails.append(s["in_flight"])
        if s["in_flight"] != 0:
            s = churn.tell("drain", 100000, 0)
            check(s["rc"] == EBUSY and s["left"] > 0, "drain without a stop: %s" % s)
        s = churn.tell("drain", 1000000, 1)
        check(s["rc"] == 0 and s["left"] == 0 and s["in_flight"] == 0, "drain: %s" % s)
    check(any(tails), "no tail stayed: the bound of -1 is not true")
    s = churn.end([SUCCESS, ABORTED])
    check(peer.end() <= s["injected"], "more at the peer than was injected")
    print("%s, zero-copy forced: bound -1; of %s NBLs %s stay until a drain, which completes them: "
          "%s" % (port["driver"], COUNTS, tuple(tails), s["by_status"]))


def main():
    program, receiver = sys.argv[1:3]
    sysnet.enter()
    kinds = ("null", "ring", "tap", "af_packet", "af_xdp", "pcap", "vhost", "virtio_user", "memif")
    for number, kind in enumerate(kinds):
        default_mode(program, receiver, kind, number)
    zero_copy(program, receiver, len(kinds))


main()
