# SPDX-License-Identifier: BSD-3-Clause
"""sys_churn under a test's control, and peers that come and go."""
import json
import os
import signal
import subprocess

import sysnet
import sysudp
from sysnet import check, wait

SUCCESS, ABORTED, NOT_SENT = "0x00000000", "0xc0000240", "0xc0000184"
NOT_ACCEPTED, DISCONNECTED = "0xc000021b", "0xc023001f"
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


class Churn:
    """The program that injects; every NBL of it is accounted for at the end."""

    def __init__(self, program, devices, target, args=(), eal=None):
        self.log = open(os.path.join(sysnet.tmp, "churn-%d" % len(sysnet.children)), "w+")
        self.child = sysnet.spawn([program] + (eal or sysnet.eal(*devices)) + [target.to] +
                                  list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=self.log)
        self.port = None

    def errors(self):
        self.log.seek(0)
        return "".join(self.log.readlines()[-30:])

    def line(self):
        text = self.child.stdout.readline()
        while text and not text.startswith("{"):
            text = self.child.stdout.readline()
        if not text:
            check(False, "sys_churn has ended: %s\n%s" % (self.child.wait(), self.errors()))
        return json.loads(text)

    def opened(self):
        self.port = self.line()
        return self.port

    def tell(self, *words):
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()
        return self.line()

    def stats(self):
        return self.tell("stats")

    def until(self, condition, what, seconds=30):
        """Wait until condition(stats) holds."""
        return wait(lambda: condition(self.stats()), what, seconds)

    def grows(self, status, by, what):
        """From now on at least so many more NBLs end with that status."""
        before = self.stats()["by_status"].get(status, 0)
        self.until(lambda s: s["by_status"].get(status, 0) >= before + by, what)

    def end(self, allowed):
        """Everything down; each NBL completed once, with one of the allowed statuses."""
        self.child.stdin.write("end\n")
        self.child.stdin.flush()
        s = self.line()
        code = self.child.wait(30)
        check(s["never"] == s["again"] == s["damaged"] == 0 and s["injected"] == s["completed"],
              "the ledger is wrong: %s\n%s" % (s, self.errors()))
        check(set(s["by_status"]) <= set(allowed), "statuses: %s" % s["by_status"])
        check(code == 0 and s["rc"] == 0, "exit code %s: %s\n%s" % (code, s, self.errors()))
        return s


class Peer:
    """sys_eth_recv in a process that may be stopped and killed."""

    def __init__(self, program, devices, target):
        sysudp.forget([target])
        self.target = target
        self.child = sysnet.spawn([program] + sysnet.eal(*devices) + [target.file, "gaps"],
                                  **PIPES)

    def received(self):
        check(self.child.poll() is None, "the peer has ended: %s" % self.child.poll())
        if not os.path.exists(self.target.file):
            return 0
        with open(self.target.file, "rb") as f:
            return int.from_bytes(f.read(16)[8:], "little")

    def listens(self):
        """What the other end sends before may be lost: the driver may yet make its rings anew."""
        def started():
            with open(self.target.file, "rb") as f:
                return f.read(1) == b"\1"
        self.received()
        wait(lambda: os.path.exists(self.target.file) and started(), "the peer to listen")

    def receives(self, more, what, seconds=30):
        before = self.received()
        wait(lambda: self.received() >= before + more, what, seconds)

    def freeze(self):
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.child.send_signal(signal.SIGCONT)

    def kill(self):
        self.child.kill()
        self.child.wait()

    def end(self):
        """What came was whole and in order; returns how many datagrams."""
        code, got, err = sysudp.ended(self.child, "peer")
        check(code == 0 and got["errors"] == 0, "peer: %s %s" % (got, err))
        return got["datagrams"]
