# SPDX-License-Identifier: BSD-3-Clause
"""fwpdk-testpmd with its prompt on a pipe."""
import json
import os
import signal
import subprocess
import uuid

import sysnet
from sysnet import check, wait

PROMPT = "fwpdk> "


class Testpmd:
    """Started and at its prompt; commands: lines of a --cmdline-file."""

    def __init__(self, program, devices, args, commands=(), lcores=1):
        stem = os.path.join(sysnet.tmp, uuid.uuid4().hex[:8])
        self.json, self.text, self.at = stem + ".json", stem + ".out", 0
        with open(stem + ".cmd", "w") as f:
            f.write("\n".join(commands) + "\n")
        with open(self.text, "w") as out:
            self.child = sysnet.spawn(
                [program] + sysnet.eal(*devices, lcores=lcores) +
                ["-i", "--cmdline-file=" + stem + ".cmd", "--json=" + self.json] + list(args),
                stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT)
        self.answer(PROMPT)

    def said(self):
        with open(self.text) as f:
            return f.read()

    def answer(self, text):
        """What it says up to the next occurrence of text."""
        def there():
            said = self.said()
            check(text in said[self.at:] or self.child.poll() is None,
                  "fwpdk-testpmd has ended:\n" + said)
            return text in said[self.at:]
        wait(there, "'%s' from fwpdk-testpmd" % text)
        said = self.said()
        end = said.index(text, self.at) + len(text)
        part, self.at = said[self.at:end], end
        return part

    def command(self, line, expected=None):
        """Its answer, up to the next prompt."""
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        self.answer(line)  # the echo
        answer = self.answer(PROMPT)
        check(answer.count("\n") <= 2 if expected is None else expected in answer,
              "%s:\n%s" % (line, answer))
        return answer

    def numbers(self, line):
        """Rows of a name and a number."""
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        self.answer(line)
        rows = [row.rsplit(None, 1) for row in self.answer(PROMPT).splitlines()]
        return {r[0].strip(): int(r[1]) for r in rows if len(r) == 2 and r[1].isdigit()}

    def input(self, name):
        return self.numbers("show fwpdk input")[name]

    def callouts(self, name):
        return self.numbers("show callouts")[name]

    def stop(self, failed=0):
        """End it; its summary, in which everything injected is completed, so many as failed
        (None: any number)."""
        self.child.stdin.write("quit\n")
        self.child.stdin.flush()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.send_signal(signal.SIGABRT)
            check(False, "fwpdk-testpmd does not end:\n" + self.said())
        check(self.child.returncode == 0, "fwpdk-testpmd: exit code %d\n%s" %
              (self.child.returncode, self.said()))
        with open(self.json) as f:
            summary = json.load(f)
        sysnet.balanced(summary, 0)
        check(failed is None or summary["failed"] == failed, "failed: %s" % summary["by_status"])
        return summary
