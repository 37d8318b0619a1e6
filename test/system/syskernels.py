# SPDX-License-Identifier: BSD-3-Clause
"""Two kernels, A and B, that reach each other only through fwpdk-testpmd.

A is 10.77.0.2 and fd77:0::2 on network 0, B is the same on network 1; fwpdk has address 1 on both
networks. All neighbours are permanent and the kernels compute their checksums themselves, so what
a capture sees is what the other side has to accept.
"""
import sysnet
from sysnet import MAC_PEER, MAC_PORT, ip, run
from syspmd import Testpmd

FWPDK4, FWPDK6 = "10.77.%d.1", "fd77:%x::1"
HOST4, HOST6 = "10.77.%d.2", "fd77:%x::2"
QUIET = ["tx", "off", "rx", "off", "tso", "off", "gso", "off", "gro", "off"]


def on_wire_as_is(device, ns=None):
    run(["ethtool", "-K", device] + QUIET, ns=ns)


class Kernels:
    """kind: af_packet (veth) or tap. single: both kernels on one port, behind a bridge."""

    def __init__(self, kind="af_packet", single=False):
        self.kind, self.single = kind, single
        self.ns = [sysnet.make_netns(), sysnet.make_netns()]
        self.device = ["eth0", "eth0"]
        if single:
            self.bridge()
        elif kind == "af_packet":
            for n in (0, 1):
                self.veth("v%d" % n, MAC_PORT % n, n)
        if single or kind == "af_packet":
            for n in (0, 1):
                self.host(n)

    def veth(self, here, mac, n):
        ip("link", "add", here, "address", mac, "type", "veth", "peer", "name", "eth0", "address",
           MAC_PEER % n, "netns", self.ns[n])
        on_wire_as_is(here)
        on_wire_as_is("eth0", self.ns[n])
        ip("link", "set", here, "up")

    def bridge(self):
        ip("link", "add", "br0", "type", "bridge", "forward_delay", "0")
        ip("link", "set", "br0", "type", "bridge", "mcast_snooping", "0")
        for n in (0, 1):
            self.veth("h%d" % n, "02:00:00:00:%02x:03" % n, n)
            ip("link", "set", "h%d" % n, "master", "br0")
        on_wire_as_is("br0")
        ip("link", "set", "br0", "up")
        if self.kind == "af_packet":
            ip("link", "add", "v0", "address", MAC_PORT % 0, "type", "veth", "peer", "name", "p0")
            on_wire_as_is("v0")
            ip("link", "set", "v0", "up")
            self.member("p0")

    def member(self, device):
        on_wire_as_is(device)
        ip("link", "set", device, "address", "02:00:00:00:00:04")
        ip("link", "set", device, "master", "br0")
        ip("link", "set", device, "up")

    def host(self, n):
        """Addresses, the gateway's neighbour entries and default routes."""
        ns, device = self.ns[n], self.device[n]
        mac = MAC_PORT % (0 if self.single else n)
        sysnet.address(device, n, ns)
        for addr in (FWPDK4 % n, FWPDK6 % n):
            ip("neigh", "replace", addr, "lladdr", mac, "nud", "permanent", "dev", device, ns=ns)
            ip("-6" if ":" in addr else "-4", "route", "add", "default", "via", addr, ns=ns)

    def adopt(self):
        """The taps that the program has made become the kernels' devices."""
        if self.single:
            self.member("dtap0")
            return
        for n in (0, 1):
            device = "dtap%d" % n
            ip("link", "set", device, "netns", self.ns[n])
            ip("link", "set", device, "address", MAC_PEER % n, ns=self.ns[n])
            self.device[n] = device
            on_wire_as_is(device, self.ns[n])
            self.host(n)

    def stack(self):
        """The commands that make fwpdk the router between the two."""
        lines = []
        for n in (0, 1):
            name = "if0" if self.single else "if%d" % n
            for own, other, length in ((FWPDK4, HOST4, 24), (FWPDK6, HOST6, 64)):
                lines += ["if addr %s %s/%d" % (name, own % n, length),
                          "neigh add %s %s %s" % (name, other % n, MAC_PEER % n)]
            lines.append("if set %s forwarding on" % name)
        return lines

    def devices(self):
        form = "net_tap{0},iface=dtap{0},mac={1}" if self.kind == "tap" else "net_af_packet{0},iface=v{0}"
        return [form.format(n, MAC_PORT % n) for n in ((0,) if self.single else (0, 1))]

    def start(self, program, mode, commands=(), args=(), lcores=1):
        """fwpdk-testpmd between the two, forwarding."""
        pmd = Testpmd(program, self.devices(), ["--forward-mode=" + mode] + list(args),
                      self.stack() + list(commands), lcores)
        if self.kind == "tap":
            self.adopt()
        pmd.command("start")
        return pmd


def ping(kernels, frm, to, count, *args):
    sysnet.ping(kernels.ns[frm], to, count, *args)
