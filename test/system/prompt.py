#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""prompt.py TESTPMD: the prompt on a terminal and through a pipe, and Ctrl-C."""
import os
import pty
import re
import signal
import subprocess
import sys

import sysnet
from sysnet import check

PROMPT = "fwpdk> "


class Session:
    """The program with its prompt on a pseudo-terminal."""

    def __init__(self, program, *args):
        self.master, slave = pty.openpty()
        self.text, self.seen = "", 0
        self.child = sysnet.spawn([program] + sysnet.eal("net_null0", "net_null1") + list(args),
                                  stdin=slave, stdout=slave, stderr=subprocess.STDOUT,
                                  start_new_session=True)
        os.close(slave)
        os.set_blocking(self.master, False)

    def read(self):
        try:
            self.text += os.read(self.master, 65536).decode().replace("\r", "")
        except (BlockingIOError, OSError):  # EIO: the other side is closed
            pass
        return self.text

    def until(self, text):
        """Everything up to the next occurrence of text."""
        sysnet.wait(lambda: text in self.read()[self.seen:],
                    "'%s' after:\n%s" % (text, self.text[self.seen:]))
        end = self.text.index(text, self.seen) + len(text)
        part, self.seen = self.text[self.seen:end], end
        return part

    def command(self, line, *expected):
        os.write(self.master, line.encode() + b"\n")
        self.until(line)  # the echo
        answer = self.until(PROMPT)
        for e in expected:
            check(re.search(e, answer), "%s: no '%s' in:\n%s" % (line, e, answer))
        return answer

    def number(self, line, name):
        found = re.search(r"%s +(\d+)" % name, self.command(line))
        check(found, "%s: no %s" % (line, name))
        return int(found.group(1))

    def end(self, line):
        os.write(self.master, line)
        sysnet.wait(lambda: self.read() and self.child.poll() is not None, "the end")
        self.read()
        check(self.child.returncode == 0, "exit code %d\n%s" % (self.child.returncode, self.text))
        return self.text[self.seen:]


def summary_balanced(text):
    found = {n: re.search(r"\b%s +(\d+)" % n, text) for n in ("injected", "completed", "in flight")}
    check(all(found.values()), "no summary:\n" + text)
    injected, completed, in_flight = (int(m.group(1)) for m in found.values())
    check(injected == completed and in_flight == 0, text)
    return injected


def terminal(program):
    s = Session(program, "-i")
    s.until(PROMPT)
    s.command("help", "start", "set fwpdk events", "show fwpdk events", "show fwpdk stats", "route add")
    s.command("if show", r"if0 port 0 mtu 1500", r"if1 port 1")
    s.command("route show", r"0\.0\.0\.0/0 dev if0 via 10\.255\.255\.1", r"::/0 dev if0 via fe80::1")
    s.command("neigh show", r"if0 10\.255\.255\.1 02:00:00:00:00:01")
    s.command("if add second port 1 mtu 9000", PROMPT)
    s.command("if show", r"second port 1 mtu 9000")
    s.command("if set second mtu 2000")
    s.command("if show", r"second port 1 mtu 2000")
    s.command("if set second mtu 1999 fragment on")
    s.command("if show", r"second port 1 mtu 1999 .*compartment 1 fragment")
    s.command("if set second forwarding on resolve on")
    s.command("if show", r"second port 1 mtu 1999 .*compartment 1 fragment forwarding resolve")
    s.command("if set second forwarding off resolve off")
    s.command("if set second fragment maybe", r"neither on nor off")
    s.command("if add tagged port 1 outer 7", r"outer needs vlan")
    s.command("if add tagged port 1 vlan 20 outer 7")
    s.command("if show", r"tagged port 1 mtu 1500 .* vlan 20 outer 7")
    s.command("port link 1 on", r"looked at once")  # net_null tells of no changes
    s.command("port link 1 off")
    s.command("port link 7 on", r"port link: ")
    s.command("port link 1 maybe", r"neither on nor off")
    s.command("pmtu set 192.0.2.9 1400 seconds 100")
    s.command("pmtu show", r"192\.0\.2\.9 mtu 1400 for (100|99) s compartment 1")
    s.command("pmtu set 192.0.2.9 60", r"MTU: ")
    s.command("pmtu del 192.0.2.9")
    s.command("pmtu del 192.0.2.9", r"there is none")
    s.command("neigh add second 192.0.2.9 02:00:00:00:00:09")
    s.command("neigh show", r"second 192\.0\.2\.9 02:00:00:00:00:09")
    s.command("route add 198.18.0.0/15 dev second via 192.0.2.9")
    s.command("route show", r"198\.18\.0\.0/15 dev second via 192\.0\.2\.9")
    s.command("table add 100")
    s.command("table add 100", r"exists already")
    s.command("route add 192.0.2.0/24 dev second compartment 100")
    s.command("route show compartment 100", r"192\.0\.2\.0/24 dev second compartment 100")
    s.command("route add 198.51.100.0/24 throw compartment 100")
    s.command("route show compartment 100", r"198\.51\.100\.0/24 throw compartment 100")
    s.command("rule add from 192.0.3.0/24 to 10.0.0.0/8 lookup 100 priority 7")
    s.command("rule add from fd00::/8 lookup unreachable")
    s.command("rule show", r"7 from 192\.0\.3\.0/24 to 10\.0\.0\.0/8 lookup 100 compartment 1",
              r"0 from fd00::/8 unreachable compartment 1")
    s.command("rule add from 192.0.3.0/24 lookup 101", r"there is none")
    s.command("rule add from 192.0.3.1/24 lookup 100", r"invalid")
    s.command("rule add lookup 100", r"give from")
    s.command("rule del from fd00::/8 lookup unreachable")
    s.command("rule del from 192.0.3.0/24 to 10.0.0.0/8 lookup 100 priority 7")
    s.command("rule del from fd00::/8 lookup unreachable", r"there is none")
    s.command("set burst 8")
    s.command("set txpkts 20,100,30")
    check("stop" in s.command("stop"), "stop without start")
    s.command("no such command", "unknown command")
    s.command("set burst zero", "set burst")
    s.command("start")
    s.command("start", "already")
    sysnet.wait(lambda: s.number("show fwpdk stats", "injected") > 1000, "packets")
    s.command("set txpkts 60", "stop forwarding")
    s.command("set burst 64")
    s.command("stop")
    stats = s.command("show fwpdk stats", r"in flight +0\b")
    injected, size = (int(re.search(n + r" +(\d+)", stats).group(1)) for n in ("packets", "bytes"))
    check(size == 150 * injected, "%d packets, %d bytes: not 150 each" % (injected, size))
    # The route moved everything to port 1.
    ports = s.command("show port stats all")
    counts = [int(x) for x in re.findall(r"TX-packets +(\d+)", ports)]
    check(counts == [0, injected], "TX-packets %s, expected [0, %d]" % (counts, injected))
    s.command("show fwpdk port 1", "driver net_null", "completion: ")
    s.command("clear port stats all")
    check(s.number("show port stats all", "TX-packets") == 0, "clear port stats all")
    s.command("clear fwpdk stats")
    check(s.number("show fwpdk stats", "injected") == 0, "clear fwpdk stats")
    s.command("route del 198.18.0.0/15")
    s.command("neigh del second 192.0.2.9")
    check("192.0.2.9" not in s.command("neigh show"), "neigh del")
    s.command("start")
    sysnet.wait(lambda: s.number("show fwpdk stats", "injected") > 1000, "packets again")
    second = summary_balanced(s.end(b"quit\n"))
    print("terminal: every command answered; %d packets by the new route, %d by the default one, "
          "quit while forwarding: all completed, exit code 0" % (injected, second))


def pipe(program):
    lines = ["set txpkts 100", "start", "show fwpdk stats", "stop", "show fwpdk stats", "quit"]
    code, out, err = sysnet.run([program] + sysnet.eal("net_null0") + ["-i"],
                                input="\n".join(lines) + "\n")
    check(code == 0, "pipe: exit code %d\n%s%s" % (code, out, err))
    n = summary_balanced(out[out.index("Summary"):])
    code, out, err = sysnet.run([program] + sysnet.eal("net_null0") + ["-i"], input="start\n")
    check(code == 0, "pipe that ends without quit: exit code %d\n%s%s" % (code, out, err))
    summary_balanced(out[out.index("Summary"):])
    print("pipe: commands one after another (%d packets), and an end without quit" % n)


def interrupt(program):
    for number, args in ((signal.SIGINT, []), (signal.SIGTERM, ["--injectors=1"]),
                         (signal.SIGINT, ["--nbls=recycle"])):
        child = sysnet.spawn([program] + sysnet.eal("net_null0") + ["--stats-period=0.1"] + args,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = child.stdout.readline()
        while line and "completed" not in line:
            line = child.stdout.readline()
        child.send_signal(number)
        out, err = child.communicate(timeout=20)
        check(child.returncode == 0, "signal %d: exit code %d\n%s" % (number, child.returncode, err))
        print("%s %s: %d packets, all completed, summary, exit code 0" %
              (number.name, " ".join(args), summary_balanced(out[out.index("Summary"):])))


def main():
    program = sys.argv[1]
    sysnet.enter()
    terminal(program)
    pipe(program)
    interrupt(program)


main()
