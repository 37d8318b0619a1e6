#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""telemetry.py TESTPMD: /fwpdk/ over the socket, what hangs by name, and hostile requests."""
import json
import os
import re
import socket
import subprocess
import sys

import sysnet
from sysnet import check

COMMANDS = ["/fwpdk/" + c for c in ("handles", "pollers", "ports", "stats", "latency", "pending",
                                    "events", "filters", "callouts",
                                    "resolve", "routes", "neighbours", "interfaces", "input")]
PARAMETERS = ["", "-1", "+1", "33", "0x10", " 1", "1 ", "1,2", "4294967297", "18446744073709551617",
              "9" * 900, "%s%n%s%n", "../../etc/passwd", "\x00", "\xff\xfe", "{}", "nan", "1e1", "\n"]


class Program:
    """fwpdk-testpmd with its prompt on a pipe and its telemetry socket."""

    def __init__(self, program, *devices, options=()):
        args = [a for a in sysnet.eal(*devices) if a != "--no-telemetry"]
        prefix = next(a for a in args if a.startswith("--file-prefix=")).split("=")[1]
        self.path = "/var/run/dpdk/%s/dpdk_telemetry.v2" % prefix
        environment = dict(os.environ)
        environment.pop("XDG_RUNTIME_DIR", None)
        environment.pop("RUNTIME_DIRECTORY", None)
        self.child = sysnet.spawn([program] + args + ["-i"] + list(options), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        os.set_blocking(self.child.stdout.fileno(), False)
        self.text = ""
        self.socket = sysnet.wait(self.connect, "telemetry socket")
        self.socket.settimeout(20)
        self.limit = json.loads(self.socket.recv(65536))["max_output_len"]
        sysnet.wait(lambda: self.ask("/fwpdk/pending") != {"/fwpdk/pending": None}
                    and "/fwpdk/pending" in self.ask("/")["/"], "the library's commands")

    def connect(self):
        check(self.child.poll() is None, "the program ended: " + self.read())
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            s.connect(self.path)
            return s
        except OSError:
            s.close()
            return None

    def read(self):
        try:
            self.text += os.read(self.child.stdout.fileno(), 65536).decode()
        except BlockingIOError:
            pass
        return self.text

    def prompt(self, line):
        begin = len(self.read())
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return begin

    def ask(self, request):
        self.socket.send(request if isinstance(request, bytes) else request.encode("latin-1"))
        answer = self.socket.recv(1 << 20)
        check(0 < len(answer) <= self.limit, "%r: %d bytes" % (request, len(answer)))
        return json.loads(answer)

    def value(self, command, parameter=None):
        answer = self.ask(command if parameter is None else "%s,%s" % (command, parameter))
        check(list(answer) == [command], "%s: %s" % (command, answer))
        return answer[command]


def hangs(program):
    """Nobody reads the ring of net_ring: all that is injected stays, and is named."""
    p = Program(program, "net_ring0")
    check(p.value("/fwpdk/pending")["pending"] == 0, "something pending before the start")
    p.prompt("start")
    full = sysnet.wait(lambda: (lambda v: v if v["places"]["staged"] and v["places"]["driver"] else
                                None)(p.value("/fwpdk/pending")), "staged and with the receiver")
    check(sum(full["places"].values()) == full["pending"] == sum(full["ages"].values()), str(full))
    check(len(full["handles"]) >= 1 and "0" in full["ports"], str(full))
    check(len(full["oldest"]) == 16, "16 oldest expected: %s" % full["oldest"])
    one = full["oldest"]["0"]
    check(one["place"] == "driver" and one["port"] == 0 and one["queue"] == 0 and
          one["handle"] in full["handles"] and one["poller"] == "p0", str(one))
    for n in (0, 1, 32):
        check(len(p.value("/fwpdk/pending", n)["oldest"]) == n, "%d oldest expected" % n)
    begin = p.prompt("show fwpdk pending 3")
    sysnet.wait(lambda: " in flight, " in p.read()[begin:], "show fwpdk pending")
    listing = p.text[begin:]
    check(len(re.findall(r" driver +0 +0 p0$", listing, re.M)) == 3, listing)
    check(re.search(r"\d+ in flight, .*\d+ staged, \d+ driver", listing), listing)
    for wrong in ("x", "1001", "1 2"):
        begin = p.prompt("show fwpdk pending " + wrong)
        sysnet.wait(lambda: "show fwpdk pending:" in p.read()[begin:], "refused: " + wrong)
    events(p)
    print("a ring that nobody reads: %d pending, %s" % (full["pending"], full["places"]))
    p.child.kill()
    p.child.wait()


def refused(p, line, cause):
    begin = p.prompt(line)
    sysnet.wait(lambda: cause in p.read()[begin:], "refused: " + line)


def events(p):
    """Packets expire all the time; then nothing happens: the prompt shows what telemetry says."""
    check(p.value("/fwpdk/events")["recording"] == 0 == p.value("/fwpdk/events")["events"], "recorded?")
    p.prompt("set fwpdk events on 1024")
    some = sysnet.wait(lambda: (lambda v: v if v["events"] >= 40 else None)(p.value("/fwpdk/events")),
                       "events: expiry goes on")
    check(some["recording"] == 1024 and sum(some["kinds"].values()) == some["events"], str(some))
    check(some["kinds"]["complete"] > 0 and some["kinds"]["map"] > 0, str(some["kinds"]))
    p.prompt("stop")
    p.prompt("set fwpdk events off")
    sysnet.wait(lambda: p.value("/fwpdk/events")["recording"] == 0, "the end of recording")
    one = p.value("/fwpdk/events")
    check(one == p.value("/fwpdk/events") and one["events"] > 0, "changes while it is off")
    latest = [one["latest"][k] for k in sorted(one["latest"], key=int)]
    check(len(latest) == 32, "32 events expected: %s" % latest)
    check([e["tsc"] for e in latest] == sorted(e["tsc"] for e in latest), "not in order")
    for e in latest:
        check(e["poller"] == "p0" and re.fullmatch("0x[0-9a-f]+", e["nbl"]), str(e))
        if e["kind"] == "complete":
            check(re.fullmatch("0x[0-9a-f]{8}", e["status"]), str(e))
        elif e["kind"] != "inject":
            check(e["port"] == 0 and e["queue"] == 0, str(e))
    for n in (0, 1, 64):
        check(len(p.value("/fwpdk/events", n)["latest"]) == min(n, one["events"]), "%d expected" % n)
    begin = p.prompt("show fwpdk events 1000")
    sysnet.wait(lambda: " events, recording is off" in p.read()[begin:], "show fwpdk events")
    shown = re.findall(r"^  p0 +(\d+) +-?\d+\.\d (0x[0-9a-f]+) +(\w+) ", p.text[begin:], re.M)
    check(shown[-32:] == [(str(e["number"]), e["nbl"], e["kind"]) for e in latest],
          "%s\n%s" % (shown[-32:], latest))
    refused(p, "show fwpdk events x", "show fwpdk events:")
    refused(p, "show fwpdk events 1 2", "show fwpdk events: one number")
    refused(p, "set fwpdk events", "set fwpdk events: on, on N or off")
    refused(p, "set fwpdk events on 1000", "1000 is no power of two")
    refused(p, "set fwpdk events on 12", "set fwpdk events:")
    refused(p, "set fwpdk events off 4096", "set fwpdk events: on, on N or off")
    print("events: %s" % one["kinds"])


def hostile(program):
    p = Program(program, "net_null0")
    p.prompt("set fwpdk events on")
    p.prompt("start")
    known = [c for c in COMMANDS if c in p.ask("/")["/"]]
    check(len(known) >= 6, "only %s" % known)
    asked = 0
    for command in known:
        for parameter in PARAMETERS:
            # An answer of some kind; a wrong number has none.
            answer = p.ask(command + "," + parameter)
            if command in ("/fwpdk/pending", "/fwpdk/events") and parameter not in ("", "\x00", "33"):
                check(answer == {command: None}, "%r: %s" % (parameter, answer))
            asked += 1
        for request in (command + "," * 500, command + "/", command.upper(), command[:-1],
                        command + "\x00,5", command + "," + "\x80" * 1000):
            p.ask(request)
            asked += 1
    sysnet.wait(lambda: p.value("/fwpdk/stats")["completed"] > 1000, "it works as before")
    p.prompt("stop")
    p.prompt("quit")
    sysnet.wait(lambda: p.child.poll() is not None, "the end")
    check(p.child.returncode == 0, "exit code %d\n%s" % (p.child.returncode, p.read()))
    print("%d hostile requests answered, the program goes on and ends well" % asked)


def main():
    sysnet.enter(root=False)
    if os.geteuid() != 0:
        sysnet.skip("needs root (the place of the telemetry socket)")
    hangs(sys.argv[1])
    hostile(sys.argv[1])


if __name__ == "__main__":
    main()
