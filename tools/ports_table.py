#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""ports_table.py BUILD: writes the measured table of doc/ports.md anew (root).

Software ports come from the test bench-idle, which runs fwpdk-bench --cases=idle_tail in
network namespaces of its own; NICs from test/vm/run. Both tests compare what they see with
this table, so it cannot grow old unnoticed.
"""
import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
DOC = os.path.join(TOP, "doc", "ports.md")
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
HEAD = ("| driver | mode | strategy | idle bound, us | completion means | last of 1/31/32/33/500 NBLs, "
        "p50 (worst p99), us | verified |\n|---|---|---|---|---|---|---|\n")
NICS = {"e1000": "net_e1000_em", "e1000e": "net_e1000_em", "vmxnet3": "net_vmxnet3",
        "virtio-net-pci": "net_virtio", "virtio-net-pci,tx=timer": "net_virtio",
        "igb": "net_e1000_igb"}
DESCRIPTOR = "the device has finished the last descriptor it was given"
COPY = "the burst took a copy of the packet; the client's memory is free"
# What does not run on Debian 12 without the hardware.
BY_READING = (
    ("net_e1000_igb", "cpool", "desc-done", "20", DESCRIPTOR, "",
     "VM: igb (QEMU 8 or later, not in Debian 12)"),
    ("net_igc, net_ixgbe, net_ixgbe_vf, net_i40e, net_iavf, net_ice", "cpool", "desc-done", "20",
     DESCRIPTOR, "", "read in source (22.11), not run"),
    ("net_bonding, net_failsafe", "copy", "copied", "0", COPY, "", "run here: `test/system` members"),
    ("any other", "copy", "copied", "0", COPY, "", "not run"),
)


def rows():
    """What the document says now: {driver: [mode, strategy, bound]}."""
    with open(DOC) as f:
        text = f.read()
    table = text[text.index(BEGIN) + len(BEGIN):text.index(END)]
    found = {}
    for line in table.splitlines()[2:]:
        cells = [c.strip() for c in line.strip("|").split("|")]
        for driver in cells[0].split(", "):
            found[driver] = cells[1:4]
    return found


def differs(driver, mode, strategy, bound=None):
    """None, or what the document says otherwise about a port that was just seen."""
    row = rows().get(driver)
    seen = [mode, strategy] + ([] if bound is None else [str(bound)])
    if row is None or row[:len(seen)] != seen:
        return "doc/ports.md says %s of %s, seen %s: run tools/ports_table.py" % (row, driver, seen)
    return None


def software(build):
    with tempfile.NamedTemporaryFile("r", suffix=".json") as out:
        subprocess.run([sys.executable, os.path.join(TOP, "test", "system", "bench_idle.py"),
                        os.path.join(build, "app", "fwpdk-bench"), out.name], check=True)
        cases = json.load(out)["cases"]
    for c in cases:
        p50 = "/".join("%.1f" % b["p50_us"] for b in c["by_nbls"])
        yield (c["driver"], c["mode"], c["strategy"], "%d" % c["idle_bound_us"], c["completion"],
               "%s (%.0f)" % (p50, max(b["p99_us"] for b in c["by_nbls"])), "run here")


def nics(build):
    """In a VM the time of the idle tail is that of an emulated machine: not given."""
    seen = {}
    for nic, driver in NICS.items():
        run = subprocess.run([os.path.join(TOP, "test", "vm", "run"), "--only", "default", "--program",
                              os.path.join(build, "test", "vm", "vm_nic"), "--cache",
                              os.path.join(build, "vm"), "--facts", nic],
                             stdout=subprocess.PIPE, universal_newlines=True)
        for line in run.stdout.splitlines():
            if line.startswith("fact "):
                words = line[5:].split("\t")
                seen.setdefault((driver,) + tuple(words), []).append(nic)
    for (driver, mode, strategy, bound, completion), where in seen.items():
        yield driver, mode, strategy, bound, completion, "", "VM: " + " and ".join(where)


def main():
    build = os.path.abspath(sys.argv[1])
    table = sorted(software(build)) + sorted(nics(build))
    have = {row[0] for row in table}
    table += [row for row in BY_READING if row[0] not in have]
    with open(DOC) as f:
        text = f.read()
    text = (text[:text.index(BEGIN) + len(BEGIN)] + HEAD +
            "".join("| %s |\n" % " | ".join(row) for row in table) + text[text.index(END):])
    with open(DOC, "w") as f:
        f.write(text)


if __name__ == "__main__":
    main()
