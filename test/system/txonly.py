#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""txonly.py TESTPMD: generated packets on net_null, in the ways an application may run."""
import sys

import sysnet
from sysnet import check

VARIANTS = (
    ("one lcore", 1, []),
    ("four segments", 1, ["--txpkts=20,20,10,10"]),
    ("an injecting thread", 1, ["--injectors=1"]),
    ("an injecting lcore", 2, ["--injectors=1"]),
    ("copy mode", 1, ["--port-mode=copy"]),
    ("external buffers", 1, ["--port-mode=extbuf", "--txpkts=20,20,10,10"]),
    ("recycled lists", 1, ["--nbls=recycle"]),
)


def main():
    program = sys.argv[1]
    sysnet.enter()
    for name, lcores, args in VARIANTS:
        s = sysnet.testpmd(program, sysnet.eal("net_null0", lcores=lcores), ["--duration=1"] + args)
        sysnet.balanced(s)
        length = 60 if "--txpkts=20,20,10,10" in args else 46
        check(s["failed"] == 0 and s["by_status"] == {"0x00000000": s["injected"]},
              "%s: %s" % (name, s["by_status"]))
        check(s["packets"] == s["injected"] and s["bytes"] == length * s["packets"],
              "%s: %d packets, %d bytes" % (name, s["packets"], s["bytes"]))
        mode = next((a.split("=")[1] for a in args if a.startswith("--port-mode=")), "cpool")
        check(s["ports"][0]["mode"] == mode, "%s: port mode %s" % (name, s["ports"][0]["mode"]))
        check(0.9 < s["seconds"] < 30, "%s: took %.2f s" % (name, s["seconds"]))
        print("%s: injected = completed = %d in %.2f s, in flight 0" %
              (name, s["injected"], s["seconds"]))
    s = sysnet.testpmd(program, sysnet.eal("net_null0"), ["--count=100001", "--burst=7"])
    sysnet.balanced(s)
    check(s["injected"] == 100001, "--count=100001: injected %d" % s["injected"])
    print("--count=100001: injected = completed = 100001")


main()
