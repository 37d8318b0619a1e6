#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""cycles.py SENDER RECEIVER null|ring|virtio_user auto|cpool CYCLES: the port stops and starts under load so
many times. Every NBL completes once with a status that P5 allows, and all pools are full."""
import os
import sys

import sysnet
from syschurn import ABORTED, NOT_SENT, SUCCESS, Churn, Peer
from sysudp import Target


def main():
    program, receiver, kind, mode, cycles = sys.argv[1:6]
    sysnet.enter()
    target, peer, args = Target(0, 0, 4), None, ["--mode=" + mode]
    if kind == "virtio_user":
        path = os.path.join(sysnet.tmp, "socket")
        peer = Peer(receiver, ["net_vhost0,iface=" + path], target)
        sysnet.wait(lambda: os.path.exists(path), "the socket")
        device = "net_virtio_user0,queue_size=256,path=" + path
    else:
        device = "net_%s0" % kind
        args += ["--ring"] if kind == "ring" else []
    churn = Churn(program, [device], target, args)
    port = churn.opened()
    churn.tell("run")
    s = churn.tell("cycles", cycles)
    sysnet.check(s["rc"] == 0, "the cycles ended with %s" % s)
    churn.tell("pause")
    e = churn.end((SUCCESS, ABORTED, NOT_SENT))
    received = peer.end() if peer else 0
    print("%s, %s: %s cycles in %.1f s; %d NBLs, each completed once: %s%s" % (
        port["driver"], port["mode"], cycles, s["ms"] / 1000, e["injected"], e["by_status"],
        "; the peer got %d, whole and in order" % received if peer else ""))


main()
