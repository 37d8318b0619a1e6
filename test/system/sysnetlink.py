# SPDX-License-Identifier: BSD-3-Clause
"""fwpdk-testpmd with a mirror of the kernel's tables, what it injects, and who receives it."""
import os
import re
import select
import socket
import subprocess
import sys

import sysnet
from sysnet import check, wait
from syspackets import UDP, frame, ip, udp
from telemetry import Program


class Session(Program):
    """fwpdk-testpmd with a mirror."""

    def ask_prompt(self, line):
        begin = self.prompt(line)
        mark = "unknown command 'mark-%d'" % begin
        self.prompt("mark-%d" % begin)
        wait(lambda: mark in self.read()[begin:], line)
        return self.text[begin:]

    def shows(self, line, *expected, absent=()):
        """Until the answer has all lines expected and none of the absent."""
        def fits():
            text = self.ask_prompt(line)
            return (all(re.search(e, text) for e in expected) and
                    not any(re.search(a, text) for a in absent))
        try:
            wait(fits, line)
        except SystemExit:
            print("%s: wants %s, not %s, has\n%s" % (line, expected, absent, self.ask_prompt(line)))
            raise

    def routes(self, *expected, absent=()):
        self.shows("route show", *expected, absent=absent)

    def quit(self):
        """All it has said, once it has ended well."""
        self.prompt("quit")
        wait(lambda: self.child.poll() is not None, "the end")
        check(self.child.returncode == 0, "exit code %d\n%s" % (self.child.returncode, self.read()))
        return self.read()


def receive(ns, address, port):
    """A socket whose datagrams' source ports are printed, a line each, until its input ends."""
    code = ("import socket,sys,select\n"
            "s=socket.socket(%d,socket.SOCK_DGRAM)\n"
            "s.bind((%r,%d))\n"
            "print('ready',flush=True)\n"
            "while True:\n"
            " r=select.select([s,sys.stdin],[],[])[0]\n"
            " if s in r: print(s.recvfrom(2048)[1][1],flush=True)\n"
            " elif not sys.stdin.readline(): break\n" %
            (socket.AF_INET6 if ":" in address else socket.AF_INET, address, port))
    child = sysnet.spawn([sys.executable, "-c", code], ns, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE)
    check(child.stdout.readline() == "ready\n", "no receiver")
    return child


def datagram(source, dest, sport, dport):
    """A frame whose MACs do not matter."""
    return frame(sysnet.MAC_PORT % 9, sysnet.MAC_PEER % 9,
                 ip(source, dest, UDP, udp(sport, dport, b"x" * 20))[0])


def arrived(receivers, n):
    """What each of the receivers has got, when it is n altogether: source ports."""
    text = [""] * len(receivers)
    while sum(t.count("\n") for t in text) < n:
        ready = select.select([r.stdout for r in receivers], [], [], 10)[0]
        check(ready, "only %s arrived" % [t.count("\n") for t in text])
        for i, r in enumerate(receivers):
            if r.stdout in ready:
                text[i] += os.read(r.stdout.fileno(), 65536).decode()
    for r in receivers:
        r.stdin.close()
        r.wait()
    return [t.split() for t in text]


def replay(program, options, n, before=lambda s: None):
    """All n packets of a capture complete well, after before() has been called."""
    s = Session(program, "net_af_packet0,iface=v0", "net_af_packet1,iface=v1", options=options)
    before(s)
    begin = s.prompt("start")
    wait(lambda: "has come to its end" in s.read()[begin:], "the end of the capture")
    text = s.quit()
    check(re.search(r"completed +%d\b" % n, text) and re.search(r" failed +0\b", text), text)
