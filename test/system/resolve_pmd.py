#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""resolve_pmd.py TESTPMD: --resolve on the command line and at the prompt, towards a kernel that nobody
tells a MAC, and which answers, is silent, asks itself, and takes its link down."""
import re
import sys

import syspmd
import sysnet
from sysnet import check, ip, run, wait

UNREACHABLE = "c000023d"  # STATUS_HOST_UNREACHABLE
DISCONNECTED = "0xc023001f"  # NDIS_STATUS_MEDIA_DISCONNECTED
COMMANDS = ["addr add if0 192.0.2.2/24", "addr add if0 2001:db8::2/64",
            "route add 0.0.0.0/0 dev if0 via 192.0.2.1", "route add ::/0 dev if0 via 2001:db8::1"]


def neighbours(device):
    """What the kernel knows: address -> MAC."""
    rc, out, err = run(["ip", "neigh", "show", "dev", device])
    check(rc == 0, err)
    return {w[0]: w[w.index("lladdr") + 1] for w in map(str.split, out.splitlines()) if "lladdr" in w}


def mac_of(answer, name):
    found = re.search(r"%s port .* mac ([0-9A-Fa-f:]{17})" % name, answer)
    check(found, "no MAC of %s in:\n%s" % (name, answer))
    return found.group(1).lower()


def known(pmd, address, is_known=True):
    wait(lambda: (address in pmd.command("neigh show", "").lower()) == is_known,
         "%s is %sknown" % (address, "" if is_known else "not "))


def ping(address):
    rc, out, err = run(["ping", "-n", "-c", "1", "-W", "1", address])
    return rc == 0


def answered(program):
    """A kernel has the address of the gateway; it learns ours from the question."""
    pmd = syspmd.Testpmd(program, ["net_tap0,iface=dtap0"], ["--resolve", "--burst=1"], COMMANDS)
    check("10.255.255.1" not in pmd.command("neigh show", ""), "--resolve still sets a neighbour")
    ip("link", "set", "dtap0", "address", "06:13:57:9b:df:01")
    ip("addr", "add", "192.0.2.1/24", "dev", "dtap0")
    ip("-6", "addr", "add", "2001:db8::1/64", "dev", "dtap0", "nodad")
    ip("link", "set", "dtap0", "up")
    pmd.command("start")
    known(pmd, "192.0.2.1 06:13:57:9b:df:01")
    wait(lambda: pmd.numbers("show port stats all").get("TX-packets", 0) > 500, "packets")
    pmd.command("stop")
    ours = mac_of(pmd.command("if show", ""), "if0")
    check(neighbours("dtap0").get("192.0.2.2") == ours, "the kernel knows %s" % neighbours("dtap0"))
    # It asks: we answer, though nobody answers its echo requests.
    ip("neigh", "flush", "dev", "dtap0")
    for address in ("192.0.2.2", "2001:db8::2"):
        ping(address)
        check(neighbours("dtap0").get(address) == ours, "the kernel asked for %s: %s" %
              (address, neighbours("dtap0")))
    figures, read = pmd.numbers("show fwpdk resolve"), pmd.numbers("show fwpdk input")
    check(figures["learned"] >= 1 and figures["answers"] >= 2 and figures["waiting"] == 0 and
          figures["neighbours"] >= 1 and read["resolution"] >= 3, "%s %s" % (figures, read))
    pmd.command("if set if0 resolve off")
    known(pmd, "192.0.2.1", False)
    pmd.command("if set if0 resolve maybe", "neither on nor off")
    summary = pmd.stop()
    check(summary["completed"] > 500, str(summary))
    print("%d packets to a kernel whose MAC nobody had told; its own questions answered; forgotten when "
          "switched off" % summary["completed"])


def link(program):
    """The kernel takes its end down and up again; the port's link follows it."""
    pmd = syspmd.Testpmd(program, ["net_tap0,iface=dtap0"], ["--burst=1"], ["port link 0 on"])

    def figure(name):
        return pmd.numbers("show fwpdk stats").get(name, 0)

    pmd.command("start")
    wait(lambda: figure("0x00000000") > 500, "packets")
    check(figure(DISCONNECTED) == 0, "the link is up")
    ip("link", "set", "dtap0", "down")
    wait(lambda: figure(DISCONNECTED) > 500, "packets that are told")
    sent = figure("0x00000000")
    wait(lambda: figure(DISCONNECTED) > 5000, "more of them")
    check(figure("0x00000000") == sent, "packets went out over a link that is down")
    ip("link", "set", "dtap0", "up")
    wait(lambda: figure("0x00000000") > sent + 500, "packets again")
    pmd.command("port link 0 off")
    told = figure(DISCONNECTED)
    pmd.stop(failed=None)
    print("the link went down and came back: %d packets were told" % told)


def silent(program):
    """Nobody is there: what waits ends with its status, at once when resolution is switched off."""
    pmd = syspmd.Testpmd(program, ["net_null0"], ["--resolve", "--burst=1"], COMMANDS)
    pmd.command("start")
    wait(lambda: pmd.numbers("show fwpdk stats").get("in flight", 0) > 0, "packets that wait")
    check(pmd.numbers("show port stats all").get("TX-packets", 0) < 10, "packets left")
    check(pmd.numbers("show fwpdk resolve")["waiting"] > 0, "nothing waits")
    pmd.command("if set if0 resolve off")
    pmd.command("stop")
    pmd.command("if set if0 resolve on")
    pmd.command("neigh add if0 192.0.2.1 02:00:00:00:00:07")
    sent = pmd.numbers("show port stats all")["TX-packets"]
    pmd.command("start")
    wait(lambda: pmd.numbers("show port stats all")["TX-packets"] > sent + 500, "packets")
    summary = pmd.stop(failed=None)
    bad = {s.lower() for s, n in summary["by_status"].items() if n and int(s, 16)}
    check(bad == {"0x" + UNREACHABLE}, "statuses: %s" % summary["by_status"])
    print("nobody there: %d ended with STATUS_HOST_UNREACHABLE, %d left once a neighbour was set" %
          (summary["failed"], summary["completed"] - summary["failed"]))


def main():
    sysnet.enter("ping")
    answered(sys.argv[1])
    link(sys.argv[1])
    silent(sys.argv[1])


main()
