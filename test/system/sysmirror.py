# SPDX-License-Identifier: BSD-3-Clause
"""sys_mirror and its receivers: packets of unaffected prefixes while routes change."""
import json
import os
import subprocess

import sysnet
import sysudp
from sysnet import check, ip, wait


class Mirror:
    """sys_mirror injecting over v0 to 10.77.0.2, to fd77:0::2 and, over a route, to 80.0.0.2."""

    def __init__(self, program, ns, options=(), memory=("--no-huge", "-m", "512", "--iova-mode=va")):
        ip("addr", "replace", "80.0.0.2/32", "dev", "lo", ns=ns)
        for name in ("all", "w0"):
            sysnet.run(["sysctl", "-qw", "net.ipv4.conf.%s.rp_filter=0" % name], ns=ns)
        ip("route", "replace", "80.0.0.0/8", "via", "10.77.0.2")
        self.targets = [sysudp.Target(0, 0, 4), sysudp.Target(0, 0, 6), sysudp.Target(0, 0, 4)]
        far = self.targets[2]
        far.to = far.to.replace("10.77.0.2", "80.0.0.2")
        far.listen = far.listen.replace("10.77.0.2", "80.0.0.2")
        self.child = sysnet.spawn(
            [program] + sysnet.eal("net_af_packet0,iface=v0", memory=memory) +
            ["--netlink=v0:0"] + list(options) + [t.to for t in self.targets],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # When the port started it set its MAC, and with that Linux forgot the neighbours.
        self.stats()
        ip("neigh", "replace", "10.77.0.2", "lladdr", sysnet.MAC_PEER % 0, "dev", "v0")
        ip("neigh", "replace", "fd77:0::2", "lladdr", sysnet.MAC_PEER % 0, "dev", "v0")
        self.until(lambda s: s["neighbours"] >= 2, "neighbours")
        self.receiver = sysudp.receiver(self.targets, 0, ns)
        self.until(lambda s: s["sent"] > 500, "first packets")

    def alive(self, condition):
        if not condition:
            code = self.child.wait()
            check(False, "sys_mirror: exit code %d: %s" % (code, self.child.stderr.read()))

    def tell(self, line):
        self.alive(self.child.poll() is None)
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()

    def stats(self):
        self.tell("stats")
        line = self.child.stdout.readline()
        self.alive(line)
        return json.loads(line)

    def until(self, condition, what, seconds=20):
        """Stats for which the condition holds."""
        last = None

        def fits():
            nonlocal last
            last = self.stats()
            return last if condition(last) else None
        try:
            return wait(fits, what, seconds)
        except SystemExit:
            print("%s: the last figures: %s" % (what, last))
            raise

    def end(self, what):
        """All that was injected has arrived, in order and whole. Returns how much that is."""
        out, err = self.child.communicate(timeout=60)
        check(self.child.returncode == 0, "%s: exit code %d\n%s" % (what, self.child.returncode, err))
        s = json.loads(out.splitlines()[-1])
        check(s["injected"] == s["completed"] == s["sent"] and s["failed"] == s["damaged"] == 0,
              "%s: %s" % (what, s))
        code, got, err = sysudp.ended(self.receiver, what)
        check(code == 0 and got["received"] == s["sent"], "%s: %d sent, %s\n%s" %
              (what, s["sent"], got, err))
        return got["received"]


def batch(action, n, via="10.77.0.2"):
    """n routes by ip -batch: 90.x.y.0/24."""
    path = os.path.join(sysnet.tmp, "batch")
    with open(path, "w") as f:
        for i in range(n):
            f.write("route %s %d.%d.%d.0/24%s\n" % (action, 90 + (i >> 16), i >> 8 & 255, i & 255,
                                                    " via " + via if action != "del" else ""))
    code, out, err = sysnet.run(["ip", "-batch", path])
    check(code == 0, "ip -batch: %s%s" % (out, err))


def routes_change(program, ns, n):
    """n routes come, change and go; notifications are lost on purpose; nothing else is."""
    m = Mirror(program, ns, ["--rcvbuf=65536"])
    base = m.stats()["installed"]
    batch("add", n)
    m.until(lambda s: s["installed"] == base + n, "%d routes" % n)
    m.tell("pause")  # now the socket overflows
    batch("replace", n, "10.77.0.9")
    batch("del", n // 2)
    batch("add", n // 2)
    s = m.until(lambda s: s["overruns"] > 0 and s["installed"] == base + n, "lost notifications")
    batch("del", n)
    s = m.until(lambda s: s["installed"] == base, "withdrawal")
    before = s["sent"]
    m.until(lambda s: s["sent"] > before + 500, "packets after it")
    check(s["failed"] == 0, str(s))
    arrived = m.end("routes change")
    print("%d routes came, changed and went (%d messages, %d batches, %d overruns, %d resyncs): "
          "%d packets of unaffected prefixes, all arrived in order" %
          (n, s["messages"], s["batches"], s["overruns"], s["resyncs"], arrived))
