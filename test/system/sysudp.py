# SPDX-License-Identifier: BSD-3-Clause
"""A sender (sys_udp_send) and its receivers, run against each other."""
import json
import os
import subprocess
import sys
import uuid

import sysnet
from sysnet import check, wait

HERE = os.path.dirname(os.path.abspath(__file__))
UDP_PORT = 9000


class Target:
    """Where datagrams go: ethdev port, network number (sysnet.address), IP version."""

    def __init__(self, eth_port, number, version, mac=None):
        self.address = "10.77.%d.2" % number if version == 4 else "fd77:%x::2" % number
        self.file = os.path.join(sysnet.tmp, "progress-" + uuid.uuid4().hex[:8])
        mac = mac or sysnet.MAC_PEER % number
        self.to = "--to=%d,%s,%s,%d,%s" % (eth_port, self.address, mac, UDP_PORT, self.file)
        self.listen = "%s,%d,%s" % (self.address, UDP_PORT, self.file)


def receiver(targets, expected, ns=None, copies=1):
    return sysnet.spawn([sys.executable, os.path.join(HERE, "udp_recv.py"), str(copies), str(expected)] +
                        [t.listen for t in targets], ns, stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def forget(targets):
    """What an earlier receiver left in the progress files counts no more."""
    for t in targets:
        if os.path.exists(t.file):
            os.unlink(t.file)


def ended(child, what, seconds=90):
    """Wait for the end of a child; returns (exit code, its line of JSON, stderr)."""
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        check(False, "%s: no end within %d s: %s\n%s%s" % (what, seconds, child.args[:2], out, err))
    lines = [x for x in out.splitlines() if x.startswith("{")]
    check(lines, "%s: exit code %d, no figures\n%s%s" % (what, child.returncode, out, err))
    return child.returncode, json.loads(lines[-1]), err


def sender(program, eal, targets, args):
    return sysnet.spawn([program] + eal + [t.to for t in targets] + args, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE)


def sent_all(what, result, nbls):
    """The sender's own figures are right."""
    code, s, err = result
    check(code == 0, "%s: sender: exit code %d %s\n%s" % (what, code, s, err))
    check(s["injected"] == s["completed"] == s["callbacks"] == nbls and s["in_flight"] == 0 and
          s["failed"] == s["damaged"] == 0, "%s: %d NBLs expected: %s" % (what, nbls, s))
    return s


def exchange(program, eal, listeners, args, expected, nbls, what, copies=1, order=None,
             after_start=None):
    """Send to kernel sockets. listeners: [(namespace, targets)]. Everything must arrive."""
    targets = order or [t for _, ts in listeners for t in ts]
    forget(targets)
    send = sender(program, eal, targets, args)
    if after_start:
        after_start(send)
    receivers = [receiver(ts, expected // len(listeners), ns, copies) for ns, ts in listeners]
    s = sent_all(what, ended(send, what), nbls)
    count, flows = 0, 0
    for r in receivers:
        code, got, err = ended(r, what)
        check(code == 0, "%s: receiver: %s %s" % (what, got, err))
        count, flows = count + got["received"], flows + got["flows"]
    print("%s: %d NBLs injected = completed; %d datagrams in order and whole at the kernel's "
          "sockets (%d flows), %s, mode %s" % (what, nbls, count, flows, s["driver"], s["mode"]))
    return s


def notices_loss(program, eal, targets, ns, count, after_start=None):
    """One datagram left out: the receiver has to say so."""
    forget(targets)
    send = sender(program, eal, targets, ["--count=%d" % count, "--skip=%d" % (count // 2),
                                          "--flows=%d" % len(targets)])
    if after_start:
        after_start(send)
    r = receiver(targets, count * len(targets), ns)
    ended(send, "left out")
    code, got, _ = ended(r, "left out")
    check(code == 1 and got["errors"] > 0, "a lost datagram was not noticed: %s" % got)
    print("one datagram left out is noticed: " + got["first"][0])


def device_up(name, number):
    """A callback for a device that the sender itself makes (net_tap)."""
    def configure(send):
        def there():
            check(send.poll() is None, "the sender has ended before there was a " + name)
            return name + ":" in sysnet.run(["ip", "-o", "link"])[1]
        wait(there, "device " + name)
        sysnet.address(name, number)
    return configure
