#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""peer_dies.py SENDER RECEIVER virtio_user|vhost auto|cpool: the process behind a shared memory
port stops polling, goes on, is killed in mid-traffic and comes back as another process.

Every NBL completes once, with a status that says what is known of it; what the peers get is
whole and in order; with a peer there again the traffic goes on.
"""
import os
import sys

import sysnet
from syschurn import ABORTED, DISCONNECTED, NOT_ACCEPTED, NOT_SENT, SUCCESS, Churn, Peer
from sysudp import Target

ROUNDS = 3
ALLOWED = (SUCCESS, ABORTED, NOT_SENT, NOT_ACCEPTED, DISCONNECTED)


def devices(kind, path):
    """EAL devices of the sender, which makes the socket, and of its peer."""
    virtio, vhost = "net_virtio_user0,queue_size=256,path=" + path, "net_vhost0,iface=" + path
    return {"virtio_user": (virtio + ",server=1", vhost + ",client=1"),
            "vhost": (vhost, virtio)}[kind]


def main():
    program, receiver, kind, mode = sys.argv[1:5]
    sysnet.enter()
    path = os.path.join(sysnet.tmp, "socket")
    mine, theirs = devices(kind, path)
    target = Target(0, 0, 4)
    churn = Churn(program, [mine], target, ["--mode=" + mode])
    sysnet.wait(lambda: os.path.exists(path), "the socket")
    peer = Peer(receiver, [theirs], target)
    port = churn.opened()
    sysnet.check(mode == "auto" or port["mode"] == "cpool", "port: %s" % port)
    churn.tell("run")
    peer.receives(1000, "datagrams at the peer")

    peer.freeze()
    churn.grows(NOT_ACCEPTED, 100, "NBLs end while the peer does not poll")
    peer.thaw()
    peer.receives(1000, "datagrams at the peer that polls again")
    churn.grows(SUCCESS, 1000, "successes while the peer polls again")
    s = churn.stats()
    print("%s, %s: the peer stops polling: %d NBLs %s, and it goes on" %
          (port["driver"], port["mode"], s["by_status"][NOT_ACCEPTED], NOT_ACCEPTED))

    for n in range(ROUNDS):
        peer.kill()
        churn.until(lambda s: s["by_status"].get(DISCONNECTED, 0) > 100 * (n + 1),
                    "NBLs end while there is no peer")
        peer = Peer(receiver, [theirs], target)
        peer.receives(1000, "datagrams at peer %d" % (n + 2))
        churn.grows(SUCCESS, 1000, "successes with peer %d" % (n + 2))
    print("  %d times killed and replaced: %s" % (ROUNDS, churn.stats()["by_status"]))

    churn.tell("pause")
    drained = churn.tell("drain", 5000000, 1)
    sysnet.check(drained["rc"] == 0 and drained["in_flight"] == 0, "drain: %s" % drained)
    churn.tell("run")
    peer.receives(1000, "datagrams after the drain")
    peer.kill()
    s = churn.end(ALLOWED)
    print("  %(injected)d NBLs, each completed once: %(by_status)s" % s)


main()
