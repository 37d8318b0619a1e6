#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""members.py SENDER backup|round-robin|failsafe|broadcast: a port made of two others, with the
kernel's UDP sockets behind them. In mid-traffic the link of a member goes down and comes back,
a member is removed and added again, both links go down. Every NBL completes once."""
import json
import sys

import sysnet
import sysudp
from sysnet import check
from syschurn import DISCONNECTED, NOT_ACCEPTED, NOT_SENT, SUCCESS, Churn
from sysudp import Target

ALLOWED = (SUCCESS, NOT_SENT, NOT_ACCEPTED, DISCONNECTED)
ANY_MAC = "ff:ff:ff:ff:ff:ff"  # the members have different ones
TAPS = ("dtap0", "dtap1")


def devices(kind):
    """EAL devices, the whole first; its members are taps."""
    taps = ["net_tap%d,iface=%s" % (i, name) for i, name in enumerate(TAPS)]
    if kind == "failsafe":
        return ["net_failsafe0," + ",".join("dev(%s)" % t for t in taps)]
    mode = {"backup": 1, "round-robin": 0, "broadcast": 3}[kind]
    return ["net_bonding0,mode=%d,slave=net_tap0,slave=net_tap1" % mode] + taps


def packets(name):
    code, out, err = sysnet.run(["ip", "-s", "-j", "link", "show", name])
    check(code == 0, err)
    return json.loads(out)[0]["stats64"]["rx"]["packets"]


def flows(names, what):
    """Each of these taps gets packets from now on."""
    before = {n: packets(n) for n in names}
    sysnet.wait(lambda: all(packets(n) >= before[n] + 200 for n in names), what)


def link(name, state):
    sysnet.ip("link", "set", name, state)


def listens(target):
    with open(target.file, "rb") as f:
        return f.read(1) == b"\1"


def refused(program):
    """The driver frees what no member takes: the library must not use it so."""
    churn = Churn(program, devices("broadcast"), Target(0, 0, 4))
    code = churn.child.wait(30)
    check(code == 2, "broadcast: exit code %d" % code)
    lines = [x for x in churn.errors().splitlines() if "broadcast" in x]
    check(lines, "no word about broadcast:\n" + churn.errors())
    print("net_bonding, broadcast: refused: " + lines[0])


def main():
    program, kind = sys.argv[1:3]
    sysnet.enter()
    if kind == "broadcast":
        return refused(program)
    target = Target(0, 0, 4, ANY_MAC)
    sysnet.ip("addr", "add", target.address + "/32", "dev", "lo")
    churn = Churn(program, devices(kind), target)
    for name in TAPS:
        sysudp.device_up(name, 1 + TAPS.index(name))(churn.child)
        with open("/proc/sys/net/ipv4/conf/%s/rp_filter" % name, "w") as f:
            f.write("0")
    with open("/proc/sys/net/ipv4/conf/all/rp_filter", "w") as f:
        f.write("0")
    port = churn.opened()
    check(port["mode"] == "copy" and port["idle_bound_us"] == 0, "port: %s" % port)
    receiver = sysudp.receiver([target], 0, copies=0)
    sysnet.wait(lambda: listens(target), "the receiver")
    churn.tell("run")
    first = TAPS if kind == "round-robin" else TAPS[:1]
    flows(first, "packets at first")

    # net_tap tells nobody that its link has gone: its burst refuses.
    link(TAPS[0], "down")
    if kind == "round-robin":
        flows(TAPS[1:], "packets at the other member")
        churn.grows(SUCCESS, 1000, "successes with one member")
    else:
        churn.until(lambda s: s["by_status"].get(NOT_ACCEPTED, 0) > 1000, "NBLs end")
    link(TAPS[0], "up")
    churn.grows(SUCCESS, 1000, "successes with the link up again")
    if kind != "failsafe":
        s = churn.tell("member-del", "net_tap0")
        check(s["rc"] == 0, "member-del: %s" % s)
        flows(TAPS[1:], "packets at the other member")
        s = churn.tell("member-add", "net_tap0")
        check(s["rc"] == 0, "member-add: %s" % s)
        churn.grows(SUCCESS, 1000, "successes after the member has come back")
    for name in TAPS:
        link(name, "down")
    before = churn.stats()["by_status"].get(NOT_ACCEPTED, 0)
    churn.until(lambda s: s["by_status"].get(NOT_ACCEPTED, 0) > before + 1000,
                "NBLs end without any link")
    for name in TAPS:
        link(name, "up")
    churn.grows(SUCCESS, 1000, "successes with both links up again")
    s = churn.end(ALLOWED)
    code, got, err = sysudp.ended(receiver_closed(receiver), kind)
    check(code == 0 and got["received"] > 1000, "receiver: %s %s" % (got, err))
    print("%s, %s: %d NBLs, each completed once: %s; %d datagrams whole at the kernel's socket" % (
        port["driver"], kind, s["injected"], s["by_status"], got["received"]))


def receiver_closed(receiver):
    receiver.stdin.close()
    receiver.stdin = None
    return receiver


main()
