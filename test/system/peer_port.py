#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""peer_port.py SENDER RECEIVER virtio_user|memif|vhost: another DPDK process behind a shared
memory port gets every datagram, whole and in order."""
import os
import subprocess
import sys

import sysnet
import sysudp
from sysudp import Target

COUNT = 2000


def devices(kind, number):
    """EAL devices of the sender and of the receiver."""
    path = os.path.join(sysnet.tmp, "socket%d" % number)
    memif = "net_memif0,role=%s,id=0,socket=" + path + ",socket-abstract=no"
    virtio, vhost = "net_virtio_user0,path=%s,queue_size=256" % path, "net_vhost0,iface=" + path
    return {"virtio_user": (virtio, vhost), "vhost": (vhost, virtio),
            "memif": (memif % "client", memif % "server")}[kind] + (path,)


def main():
    program, peer, kind = sys.argv[1:4]
    sysnet.enter()
    for number, args in enumerate(([], ["--threads=3"])):
        mine, theirs, path = devices(kind, number)
        both = [Target(0, 0, version) for version in (4, 6)]
        for t in both:  # one receiver for both
            t.to = t.to.replace(t.file, both[0].file)
        expected = 2 * COUNT * (3 if args else 1)
        what = "net_%s %s" % (kind, "3 injecting threads" if args else "one thread")
        receive = [peer] + sysnet.eal(theirs) + [both[0].file, str(expected)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        # Who makes the socket starts first.
        if kind != "vhost":
            other = sysnet.spawn(receive, **pipes)
            sysnet.wait(lambda: os.path.exists(path), "the receiver's socket")
        send = sysudp.sender(program, sysnet.eal(mine), both,
                             ["--count=%d" % COUNT, "--flows=2"] + args)
        if kind == "vhost":
            sysnet.wait(lambda: os.path.exists(path), "the sender's socket")
            other = sysnet.spawn(receive, **pipes)
        s = sysudp.sent_all(what, sysudp.ended(send, what), expected)
        code, got, err = sysudp.ended(other, what)
        sysnet.check(code == 0, "%s: receiver: %s %s" % (what, got, err))
        print("%s: %d NBLs injected = completed, %d datagrams in order and whole at the other "
              "process; mode %s, strategy %s, %d copied" % (what, s["injected"], got["datagrams"],
                                                           s["mode"], s["strategy"], s["copied"]))


main()
