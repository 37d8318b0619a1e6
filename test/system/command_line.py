#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""command_line.py TESTPMD DATA-DIRECTORY: what is wrong with a command line is said in one line
that names it, the exit code is not 0, and nothing crashes."""
import os
import sys

import sysnet
from sysnet import check


def file_of(name, data):
    path = os.path.join(sysnet.tmp, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def refuse(program, devices, args, *names):
    """The program refuses; one line of its own on stderr, and all the names are in it."""
    code, out, err = sysnet.run([program] + sysnet.eal(*devices) + args)
    own = [x for x in err.splitlines() if x.startswith("fwpdk-testpmd: ")]
    what = " ".join(args) or "no argument"
    check(0 < code < 128, "%s: exit code %d\n%s%s" % (what, code, out, err))
    check(len(own) == 1, "%s: %d lines of its own\n%s" % (what, len(own), err))
    for name in names:
        check(name in own[0], "%s: no '%s' in: %s" % (what, name, own[0]))
    check("Segmentation" not in err and "Sanitizer" not in err, err)
    return own[0]


def main():
    program, data = sys.argv[1:3]
    sysnet.enter()
    null = ["net_null0"]
    with open(os.path.join(data, "real.pcap"), "rb") as f:
        capture = f.read()
    cut = file_of("cut.pcap", capture[:5000])
    head = file_of("head.pcap", capture[:20])
    raw_ip = file_of("raw.pcap", capture[:20] + b"\x65\0\0\0" + capture[24:])
    text = file_of("text.pcap", b"this is no capture at all, it is a line of text\n")
    empty = file_of("empty.pcap", b"")
    commands = file_of("cmds", b"# fine\nset burst 16\nset bursts 16\n")
    argument = file_of("cmds2", b"route add 10.0.0.0/33 dev if0\n")
    device = file_of("cmds3", b"neigh add if7 10.0.0.1 02:00:00:00:00:09\n")
    nat = file_of("cmds4", b"nat 10.0.0.0/8 to 192.0.2.1\nnat 10.0.0.0/8 to fd00::1\n")
    on = file_of("cmds5", b"if addr if0 192.0.2.1/24\nif set if0 forwarding onn\n")
    resolve = file_of("cmds7", b"if set if0 resolve\n")
    resolve_what = file_of("cmds8", b"if set if7 resolve on\n")
    load = file_of("cmds6", b"callouts load\n")
    missing = os.path.join(sysnet.tmp, "missing")
    replay = ["--forward-mode=replay", "--replay-file="]

    cases = [
        (null, ["--no-such-option"], ["--no-such-option"]),
        (null, ["-x"], ["-x"]),
        (null, ["word"], ["word"]),
        (null, ["--burst=0"], ["--burst", "0"]),
        (null, ["--burst=12x"], ["--burst", "12x"]),
        (null, ["--burst"], ["--burst"]),
        (null, ["--forward-mode=io"], ["--forward-mode", "io"]),
        (null, ["--txpkts=20,0"], ["--txpkts", "0"]),
        (null, ["--duration=-1"], ["--duration", "-1"]),
        (null, ["--forward-mode=replay"], ["--replay-file"]),
        (null, replay[:1] + [replay[1] + missing], ["--replay-file", missing, "No such file"]),
        (null, replay[:1] + [replay[1] + cut], ["--replay-file", cut, "truncated"]),
        (null, replay[:1] + [replay[1] + head], ["--replay-file", head, "truncated"]),
        (null, replay[:1] + [replay[1] + text], ["--replay-file", text]),
        (null, replay[:1] + [replay[1] + empty], ["--replay-file", empty]),
        (null, replay[:1] + [replay[1] + raw_ip], ["--replay-file", raw_ip, "not an Ethernet"]),
        (null, replay[:1] + [replay[1] + sysnet.tmp], ["--replay-file", sysnet.tmp]),
        (null, ["--cmdline-file=" + missing], ["--cmdline-file", missing]),
        (null, ["--cmdline-file=" + commands], [commands + ":3:", "set bursts"]),
        (null, ["--cmdline-file=" + argument], [argument + ":1:", "33"]),
        (null, ["--cmdline-file=" + device], [device + ":1:", "if7"]),
        (null, ["--json=" + os.path.join(missing, "x"), "--count=1"], ["--json", missing]),
        (null, ["--forward-mode=nat", "--cmdline-file=" + nat], [nat + ":2:", "address family"]),
        (null, ["--forward-mode=forward", "--cmdline-file=" + on], [on + ":2:", "onn"]),
        (null, ["--cmdline-file=" + load], [load + ":1:", "callouts load"]),
        (null, ["--resolve=on"], ["--resolve"]),
        (null, ["--resolve", "--cmdline-file=" + resolve], [resolve + ":1:", "resolve"]),
        (null, ["--cmdline-file=" + resolve_what], [resolve_what + ":1:", "if7"]),
        ([], ["--count=1"], ["no port"]),
    ]
    for devices, args, names in cases:
        line = refuse(program, devices, args, *names)
        print("%s -> %s" % (" ".join(args), line.replace(sysnet.tmp + "/", "")))
    code, out, err = sysnet.run([program] + sysnet.eal("net_null0") + ["--help"])
    check(code == 0 and "--forward-mode" in out and not err, "--help: %d %s" % (code, err))

    code, out, err = sysnet.run([program] + sysnet.eal("net_null0") + ["--count=5", "--json=-"])
    check(code == 0 and out.lstrip().startswith("{") and out.rstrip().endswith("}"),
          "--json=-: something else is on stdout\n" + out)
    print("%d bad command lines refused, each in one line; --help and --json=- as documented"
          % len(cases))


main()
