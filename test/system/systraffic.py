# SPDX-License-Identifier: BSD-3-Clause
"""What real programs say to each other through fwpdk-testpmd (syskernels.py), and captures of it."""
import hashlib
import json
import os
import sys

import sysnet
import syspackets
from sysnet import check, run, spawn, wait
from syskernels import HOST4, HOST6, ping

HERE = os.path.dirname(os.path.abspath(__file__))
WEB_PORT, IPERF_PORT = 8080, 5201
FILE_SIZE = 20 * 1000 * 1000


def listening(kernels, n, port, tcp=True):
    """A program of that kernel listens on the port."""
    rc, out, _ = run(["ss", "-Hln" + ("t" if tcp else "u"), "sport = :%d" % port], ns=kernels.ns[n])
    return rc == 0 and out.strip()


class Web:
    """A server with a 20 MB file at B."""

    def __init__(self, kernels):
        self.kernels = kernels
        self.file = os.path.join(sysnet.tmp, "20MB")
        with open(self.file, "wb") as f:
            data = os.urandom(1 << 20)
            for at in range(0, FILE_SIZE, len(data)):
                f.write((data[at % 251:] + data[:at % 251])[:FILE_SIZE - at])
        with open(self.file, "rb") as f:
            self.digest = hashlib.sha256(f.read()).hexdigest()
        spawn([sys.executable, os.path.join(HERE, "web_peer.py"), self.file, str(WEB_PORT)],
              kernels.ns[1])
        wait(lambda: listening(kernels, 1, WEB_PORT), "web server")

    def curl(self, *args):
        rc, out, err = run(["curl", "-sS", "--fail", "-w", "%{json}"] + list(args), 60,
                           ns=self.kernels.ns[0])
        check(rc == 0, "curl %s: %s" % (" ".join(args), err))
        return out

    @staticmethod
    def url(host):
        return "http://%s:%d/" % ("[%s]" % host if ":" in host else host, WEB_PORT)

    def get(self, host):
        copy = os.path.join(sysnet.tmp, "got")
        figures = json.loads(self.curl("-o", copy, self.url(host)))
        with open(copy, "rb") as f:
            check(hashlib.sha256(f.read()).hexdigest() == self.digest, "what was fetched differs")
        return figures["speed_download"] / 1e6

    def put(self, host):
        out = self.curl("-H", "Expect:", "-T", self.file, self.url(host))
        check(out.startswith(self.digest), "what was sent differs")
        return json.loads(out[len(self.digest):])["speed_upload"] / 1e6


def hosts(versions=(4, 6)):
    return [(HOST4 if v == 4 else HOST6) % 1 for v in versions]


class Iperf:
    """iperf3 from A to B, or the other way round with reverse; runs until result()."""

    def __init__(self, kernels, seconds, *args, port=IPERF_PORT):
        self.seconds = seconds
        spawn(["iperf3", "-s", "-1", "-p", str(port)], kernels.ns[1], stdout=-3, stderr=-3)
        wait(lambda: listening(kernels, 1, port), "iperf3")
        self.child = spawn(["iperf3", "-c", hosts([4])[0], "-p", str(port), "-t", str(seconds), "-J"] +
                           list(args), kernels.ns[0], stdout=-1, stderr=-1)

    def result(self):
        try:
            out, err = self.child.communicate(timeout=self.seconds + 30)
        except Exception as e:
            check(False, "iperf3 does not end: %s" % e)
        check(self.child.returncode == 0, "iperf3: %s%s" % (out, err))
        return json.loads(out)["end"]


def tcp_mbits(end):
    check(end["sum_received"]["bytes"] > 0, "iperf3: nothing arrived")
    return end["sum_received"]["bits_per_second"] / 1e6


def resolve(kernels):
    """A name, by the C library's resolver at A from a responder at B."""
    conf = os.path.join(sysnet.tmp, "resolv.conf")
    with open(conf, "w") as f:
        f.write("nameserver %s\nnameserver %s\noptions timeout:2\n" % (HOST4 % 1, HOST6 % 1))
    for database, answer in (("ahostsv4", "198.51.100.7"), ("ahostsv6", "2001:db8:7::7")):
        rc, out, err = run(["unshare", "--mount", "sh", "-c", "mount --bind %s /etc/resolv.conf && "
                            "exec getent %s name.example" % (conf, database)], ns=kernels.ns[0])
        check(rc == 0 and answer in out, "getent %s: %d %s%s" % (database, rc, out, err))


def responder(kernels):
    path = os.path.join(HERE, "..", "data", "dns_responder.py")
    spawn([sys.executable, path], kernels.ns[1])
    wait(lambda: listening(kernels, 1, 53, tcp=False), "DNS responder")


class Capture:
    """The first n packets that a kernel's device sees."""

    def __init__(self, kernels, n, packets):
        self.file = os.path.join(sysnet.tmp, "seen-%d.pcap" % n)
        self.child = spawn(["dumpcap", "-q", "-P", "-i", kernels.device[n], "-c", str(packets),
                            "-w", self.file], kernels.ns[n], stderr=-1)
        wait(lambda: os.path.exists(self.file) and os.path.getsize(self.file) >= 24, "dumpcap")

    def end(self):
        if self.child.poll() is None:
            self.child.terminate()
        self.child.wait(10)
        return self.file


class Captured:
    """Frames as if they had been captured."""

    def __init__(self, frames):
        self.file = os.path.join(sysnet.tmp, "made.pcap")
        syspackets.write_pcap(self.file, frames)

    def end(self):
        return self.file


CHECKSUMS = ["ip", "tcp", "udp", "icmp", "icmpv6"]


def verify(captures):
    """How many good checksums of each kind tshark finds, and the bad ones."""
    good = dict.fromkeys(CHECKSUMS, 0)
    together = os.path.join(sysnet.tmp, "seen.pcap")
    rc, _, err = run(["mergecap", "-F", "pcap", "-w", together] + [c.end() for c in captures])
    check(rc == 0, "mergecap: " + err)
    fields = [w for c in CHECKSUMS for w in ("-e", c + ".checksum.status")]
    rc, out, err = run(["tshark", "-n", "-r", together] +
                       [w for c in ("ip", "tcp", "udp") for w in ("-o", c + ".check_checksum:TRUE")] +
                       ["-T", "fields", "-E", "separator=,", "-E", "occurrence=f"] + fields, 120)
    check(rc == 0, "tshark: " + err)
    bad = []
    for number, line in enumerate(out.splitlines()):
        for name, status in zip(CHECKSUMS, line.split(",")):
            good[name] += status == "1"
            if status == "0":
                bad.append("packet %d: %s" % (number + 1, name))
    return good, bad


def checksums(captures, what, must_have=("ip", "tcp", "udp", "icmp", "icmpv6")):
    """All are good, and there are some of each kind."""
    good, bad = verify(captures)
    check(not bad, "%s: bad checksums: %s" % (what, bad[:5]))
    for name in must_have:
        check(good[name] > 0, "%s: no %s checksum was verified" % (what, name))
    return good


def notices_bad_checksums():
    """A bit of a header changed: it has to be said."""
    made = syspackets.ip(HOST4 % 0, HOST4 % 1, syspackets.TCP, syspackets.tcp(1, 2, b"data"))[0]
    for at, name in ((8, "ip"), (24, "tcp")):
        packet = bytearray(made)
        packet[at] ^= 1
        frame = syspackets.frame("02:00:00:00:00:01", "02:00:00:00:00:02", bytes(packet))
        good, bad = verify([Captured([frame])])
        check(bad == ["packet 1: " + name], "a changed header was not noticed: %s %s" % (good, bad))
