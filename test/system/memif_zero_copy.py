#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""memif_zero_copy.py SENDER RECEIVER: net_memif made with zero-copy=yes, in both roles. The
library copies into mbufs of its own, and its zero-copy modes are refused before the port is
touched."""
import os
import sys

import sysnet
from sysnet import check
from syschurn import SUCCESS, Churn, Peer
from sysudp import Target

MEMORY = ("--no-huge", "-m", "512", "--iova-mode=va", "--single-file-segments")
REFUSED = "can only be driven in copy mode"


def devices(role, number):
    path = os.path.join(sysnet.tmp, "memif%d" % number)
    device = "net_memif0,role=%s,id=0,socket=" + path + ",socket-abstract=no"
    other = "server" if role == "client" else "client"
    return device % role + ",zero-copy=yes", device % other, path


def copied(program, receiver, role, number):
    mine, theirs, path = devices(role, number)
    target = Target(0, 0, 4)
    start = [lambda: Churn(program, [], target, eal=sysnet.eal(mine, memory=MEMORY)),
             lambda: Peer(receiver, [theirs], target)]
    if role == "client":  # the server makes the socket
        start.reverse()
    first = start[0]()
    sysnet.wait(lambda: os.path.exists(path), "the socket")
    second = start[1]()
    churn, peer = (second, first) if role == "client" else (first, second)
    port = churn.opened()
    check(port["mode"] == "copy" and port["idle_bound_us"] == 0, "port: %s" % port)
    peer.listens()
    churn.tell("run")
    peer.receives(10000, "datagrams at the peer")
    churn.tell("pause")
    s = churn.tell("burst", 33)
    check(s["rc"] == 0 and s["in_flight"] == 0, "33 NBLs, then silence: %s" % s)
    # What is unread when a shared memory port closes is lost.
    sysnet.wait(lambda: peer.received() == s["injected"], "all of it at the peer")
    s = churn.end([SUCCESS])
    check(peer.end() == s["injected"], "not all at the peer")
    print("net_memif %s with zero-copy=yes: %s; %d NBLs, each completed once and whole at the "
          "peer" % (role, port["mode"], s["injected"]))


def refused(program, role, number, mode):
    mine, _, _ = devices(role, number)
    churn = Churn(program, [], Target(0, 0, 4), ["--mode=" + mode],
                  eal=sysnet.eal(mine, memory=MEMORY))
    code = churn.child.wait(30)
    check(code == 2 and REFUSED in churn.errors(), "%s %s: exit code %d\n%s" % (
        role, mode, code, churn.errors()))
    print("net_memif %s with zero-copy=yes, mode %s forced: refused" % (role, mode))


def main():
    program, receiver = sys.argv[1:3]
    sysnet.enter()
    for number, role in enumerate(("client", "server")):
        copied(program, receiver, role, 10 * number)
        refused(program, role, 10 * number + 1, "cpool")
        refused(program, role, 10 * number + 2, "extbuf")


main()
