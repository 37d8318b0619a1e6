#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""frr.py SYS_MIRROR ROUTES CACHE: FRR's bgpd announces ROUTES to another one, whose zebra puts them into
the kernel; the mirror follows, they are withdrawn again, and no packet for an unaffected prefix
is lost. Prints time to convergence and memory per route."""
import os
import shutil
import sys
import time

import sysmirror
import sysnet
from sysnet import check, ip, wait

installed = {"root": "", "environment": None}


def daemon_path(name):
    return installed["root"] + "/usr/lib/frr/" + name


def library_path():
    lib = installed["root"] + "/usr/lib/x86_64-linux-gnu"
    return ["LD_LIBRARY_PATH=%s/frr:%s" % (lib, lib)] if installed["root"] else []


def download(cache):
    """What this machine lacks to run FRR, unpacked into a new directory, which becomes the cache if all went well."""
    code, out, _ = sysnet.run(["apt-get", "install", "-s", "--no-install-recommends", "frr"])
    names = [line.split()[1] for line in out.splitlines() if line.startswith("Inst ")]
    if code or not names:
        return 1, out
    fresh = cache + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(fresh)
    code, out, err = sysnet.run(["sh", "-c", "cd %s && apt-get download -qq -o APT::Sandbox::User=root %s && for f in *.deb; "
                                 "do dpkg-deb -x $f . && rm $f || exit 1; done" % (fresh, " ".join(names))], 300)
    if code == 0:
        shutil.rmtree(cache, ignore_errors=True)
        os.rename(fresh, cache)
    return code, out + err


def find_frr(cache):
    """Debian's package as it is installed, or else unpacked into the cache."""
    if os.path.exists(daemon_path("bgpd")):
        return
    installed["root"] = cache
    if not os.path.exists(daemon_path("bgpd")):
        code, out = download(cache)
        if code:
            sysnet.run(["apt-get", "update", "-qq"], 120)
            code, out = download(cache)
        if code:
            sysnet.skip("needs FRR, and cannot download it: " + out.strip()[-200:])
    installed["environment"] = dict(os.environ, **dict(x.split("=") for x in library_path()))


def vty_group():
    """The daemons insist on it that their user, root here, is in the group frrvty: in this mount
    namespace it is."""
    with open("/etc/group") as f:
        lines = [x for x in f if not x.startswith("frrvty:")]
    path = os.path.join(sysnet.tmp, "group")
    with open(path, "w") as f:
        f.write("".join(lines) + "frrvty:x:64999:root\n")
    os.chmod(path, 0o644)
    code, _, err = sysnet.run(["mount", "--bind", path, "/etc/group"])
    check(code == 0, err)


class Router:
    """FRR daemons with files and sockets of their own."""

    def __init__(self, name, ns=None):
        self.dir, self.ns = os.path.join(sysnet.tmp, name), ns
        os.mkdir(self.dir)
        # or PAM is asked, of which there may be none for FRR; vtysh then does nothing and returns 0
        with open(os.path.join(self.dir, "vtysh.conf"), "w") as f:
            f.write("username root nopassword\n")

    def daemon(self, name, config, *options):
        path = os.path.join(self.dir, name + ".conf")
        with open(path, "w") as f:
            f.write(config)
        log = open(os.path.join(self.dir, name + ".log"), "w")
        child = sysnet.spawn(
            [daemon_path(name), "-f", path, "-i", os.path.join(self.dir, name + ".pid"),
             "-z", os.path.join(self.dir, "zserv.api"), "--vty_socket", self.dir, "-u", "root",
             "-g", "root", "-A", "127.0.0.1", "-P", "0"] + list(options), self.ns, stdout=log,
            stderr=log, env=installed["environment"])
        wait(lambda: os.path.exists(os.path.join(self.dir, name + ".vty")) or
             check(child.poll() is None, "%s: %s" % (name, open(log.name).read())), name, 60)
        return child

    def command(self, *lines):
        code, out, err = sysnet.run(["env"] + library_path() + [
            installed["root"] + "/usr/bin/vtysh", "--config_dir", self.dir, "--vty_socket", self.dir] +
                                    [x for line in lines for x in ("-c", line)], ns=self.ns)
        check(code == 0 and "%" not in out + err and "pam" not in err, "vtysh: %s%s" % (out, err))
        return out


def prefixes(n):
    return ("%d.%d.%d.0/24" % (100 + (i >> 16), i >> 8 & 255, i & 255) for i in range(n))


def speaker(own, other, number, networks=()):
    return ("router bgp %d\n bgp router-id %s\n no bgp ebgp-requires-policy\n"
            " no bgp network import-check\n neighbor %s remote-as %d\n"
            " neighbor %s timers connect 1\n address-family ipv4 unicast\n%s exit-address-family\n" %
            (number, own, other, 130003 - number, other,
             "".join("  network %s\n" % p for p in networks)))


def kernel_has():
    with open("/proc/net/route") as f:
        return f.read().count("\n")


def main():
    program, n, cache = sys.argv[1], int(sys.argv[2]), os.path.realpath(sys.argv[3])
    if sysnet.INNER not in os.environ:
        find_frr(cache)  # before the network is gone
    sysnet.enter()
    find_frr(cache)
    vty_group()
    ns = sysnet.make_veth(0)
    ip("addr", "add", "10.77.0.1/24", "dev", "v0")
    ip("-6", "addr", "add", "fd77:0::1/64", "dev", "v0", "nodad")
    m = sysmirror.Mirror(program, ns, memory=("--no-huge", "-m", "1024", "--iova-mode=va"))
    near, far = Router("near"), Router("far", ns)
    near.daemon("zebra", "log stdout\n")
    near.daemon("bgpd", speaker("10.77.0.1", "10.77.0.2", 65001))
    before = m.stats()
    base = before["installed"]
    start = time.monotonic()
    far.daemon("bgpd", speaker("10.77.0.2", "10.77.0.1", 65002, prefixes(n)), "-n", "-Z")
    m.until(lambda s: s["installed"] >= base + 1, "the first route", 120)
    first = time.monotonic()
    wait(lambda: kernel_has() > n, "%d routes in the kernel" % n, 300)
    kernel = time.monotonic()
    s = m.until(lambda s: s["installed"] == base + n, "%d routes" % n, 60)
    done = time.monotonic()
    print("%d routes by BGP: the first after %.1f s; the kernel had all %.2f s later, the mirror "
          "%.3f s after the kernel" % (n, first - start, kernel - first, done - kernel))
    print("  %d messages, %d batches, %d changes, %d overruns, %d resyncs; the following thread took "
          "%.0f ms of CPU = %.1f us per route" %
          (s["messages"] - before["messages"], s["batches"] - before["batches"],
           s["changes"] - before["changes"], s["overruns"], s["resyncs"],
           s["busy_ms"] - before["busy_ms"], (s["busy_ms"] - before["busy_ms"]) * 1000 / n))
    print("  resident memory grew by %d KB = %d bytes per route (64 MB of it are the table's "
          "first level)" % (s["rss_kb"] - before["rss_kb"], (s["rss_kb"] - before["rss_kb"]) * 1024 // n))
    sent, mark = s["sent"], s
    m.until(lambda s: s["sent"] > sent + 1000, "packets with %d routes" % n)
    start = time.monotonic()
    far.command("configure terminal", "router bgp 65002", "neighbor 10.77.0.1 shutdown")
    s = m.until(lambda s: s["installed"] == base, "withdrawal", 300)
    print("withdrawn in %.2f s, %.0f ms of CPU; %d overruns, %d resyncs" %
          (time.monotonic() - start, s["busy_ms"] - mark["busy_ms"], s["overruns"], s["resyncs"]))
    check(kernel_has() < 100, "the kernel still has %d routes" % kernel_has())
    # Once more, and an end in the middle of it.
    far.command("configure terminal", "router bgp 65002", "no neighbor 10.77.0.1 shutdown")
    m.until(lambda s: s["installed"] > base + n // 10, "routes again", 120)
    sent = m.stats()["sent"]
    m.until(lambda s: s["sent"] > sent + 1000, "packets meanwhile")
    check(m.stats()["failed"] == 0, "failed attempts")
    print("%d packets of unaffected prefixes meanwhile: all arrived, in order and whole" %
          m.end("FRR"))


main()
