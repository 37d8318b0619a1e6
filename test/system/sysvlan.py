# SPDX-License-Identifier: BSD-3-Clause
"""A kernel's end of a VLAN: a VLAN interface, or, with a kernel that has none (CONFIG_VLAN_8021Q), the
device itself with two BPF programs at it, which let the kernel push and pop the tags."""
import ctypes
import os
import struct

import sysnet
from sysnet import check, ip, run

SYS_BPF, PROG_LOAD, OBJ_PIN, SCHED_CLS = 321, 5, 6, 3  # x86-64
VLAN_PUSH, VLAN_POP = 18, 19
OK, SHOT = 0, 2
R0, R1, R2, R3, R6 = 0, 1, 2, 3, 6
VLAN_TCI = 24  # offset in struct __sk_buff


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off, imm)


def move(dst, imm):
    return insn(0xb7, dst, imm=imm)


def call(function):
    return insn(0x85, imm=function)


def verdict():
    """Drop it if the call failed."""
    return [insn(0x15, R0, off=1), move(R0, SHOT), insn(0x95)]


def out(vlan):
    """All that leaves gets the tag."""
    return [move(R2, 0x0081), move(R3, vlan), call(VLAN_PUSH)] + verdict()


def come(vlan):
    """What comes has it, or is not for us; the kernel has taken it out of the frame already."""
    return [insn(0x61, R2, R1, VLAN_TCI), insn(0x57, R2, imm=0xfff), insn(0x15, R2, off=2, imm=vlan),
            move(R0, SHOT), insn(0x95), call(VLAN_POP)] + verdict()


def bpf(command, attr):
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(attr.ljust(128, b"\0"))
    rc = libc.syscall(SYS_BPF, command, buffer, 128)
    check(rc >= 0, "bpf(%d): %s" % (command, os.strerror(ctypes.get_errno())))
    return rc


def pinned(name, program):
    directory = os.path.join(sysnet.tmp, "bpf")
    if not os.path.exists(directory):
        os.mkdir(directory)
        rc, _, err = run(["mount", "-t", "bpf", "bpf", directory])
        check(rc == 0, "mount -t bpf: " + err)
    path = os.path.join(directory, name)
    code = ctypes.create_string_buffer(b"".join(program))
    licence, where = ctypes.create_string_buffer(b"GPL"), ctypes.create_string_buffer(path.encode())
    fd = bpf(PROG_LOAD, struct.pack("<IIQQ", SCHED_CLS, len(program), ctypes.addressof(code),
                                    ctypes.addressof(licence)))
    bpf(OBJ_PIN, struct.pack("<QI", ctypes.addressof(where), fd))
    os.close(fd)
    return path


def make(parent, name, vlan, ns):
    """The device that has the addresses of the VLAN."""
    rc, _, err = run(["ip", "-n", ns, "link", "add", "link", parent, "name", name, "type", "vlan", "id",
                      str(vlan)])
    if rc == 0:
        run(["ethtool", "-K", name, "tx", "off"], ns=ns)
        return name
    check("Unknown device type" in err, "a VLAN interface: " + err)
    print("no VLAN interfaces in this kernel: tags of %s by BPF" % parent)
    for words in (["qdisc", "add", "dev", parent, "clsact"],
                  ["filter", "add", "dev", parent, "egress", "bpf", "direct-action", "object-pinned",
                   pinned("out%d" % vlan, out(vlan))],
                  ["filter", "add", "dev", parent, "ingress", "bpf", "direct-action", "object-pinned",
                   pinned("in%d" % vlan, come(vlan))]):
        rc, _, err = run(["tc", "-n", ns] + words)
        check(rc == 0, "tc %s: %s" % (" ".join(words), err))
    ip("link", "set", parent, "up", ns=ns)
    return parent
