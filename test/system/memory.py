#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""memory.py TESTPMD SENDER: net_ring, whose receiver gives mbufs back late, and the same work
with hugepages and without."""
import os
import sys

import sysnet
import sysudp
from sysudp import Target

PAGES = "/proc/sys/vm/nr_hugepages"
WANTED = 300  # pages of 2 MB
COUNT = 2000


def pages(n=None):
    if n is not None:
        with open(PAGES, "w") as f:
            f.write(str(n))
    with open("/proc/meminfo") as f:
        return {k: int(v.split()[0]) for k, v in (x.split(":") for x in f)}


def work(program, send, memory, what):
    sysnet.balanced(sysnet.testpmd(program, sysnet.eal("net_null0", memory=memory),
                                   ["--count=200000"]), 200000)
    both = [Target(0, 0, version) for version in (4, 6)]
    for t in both:
        t.to = t.to.replace(t.file, both[0].file)
    n = 2 * COUNT
    result = sysudp.ended(sysudp.sender(send, sysnet.eal("net_ring0", memory=memory), both,
                                        ["--receive", "--count=%d" % COUNT, "--flows=2"]), what)
    s = sysudp.sent_all(what, result, n)
    print("%s: net_null 200000 completed; net_ring %d injected = completed, read back in order "
          "and whole, strategy %s" % (what, n, s["strategy"]))


def main():
    program, send = sys.argv[1:3]
    sysnet.enter("mount", "umount")
    work(program, send, ("--no-huge", "-m", "512", "--iova-mode=va"), "no hugepages")
    before = pages()
    if before["Hugepagesize"] != 2048:
        sysnet.skip("hugepages are not of 2 MB here")
    mount = os.path.join(sysnet.tmp, "huge")
    os.mkdir(mount)
    try:
        if before["HugePages_Free"] < WANTED:
            pages(before["HugePages_Total"] + WANTED)
        if pages()["HugePages_Free"] < WANTED:
            sysnet.skip("%d hugepages of 2 MB cannot be had" % WANTED)
        rc, _, err = sysnet.run(["mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", mount])
        sysnet.check(rc == 0, err)
        work(program, send, ("-m", "512", "--huge-unlink", "--huge-dir=" + mount),
             "hugepages, own mount")
        sysnet.run(["umount", mount])
        work(program, send, ("-m", "512", "--in-memory"), "hugepages, in memory")
    finally:
        sysnet.run(["umount", mount])
        after = pages(before["HugePages_Total"])
    sysnet.check(after["HugePages_Total"] == before["HugePages_Total"], "hugepages not given back")
    print("hugepages: %d as before" % after["HugePages_Total"])


main()
