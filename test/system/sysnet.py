# SPDX-License-Identifier: BSD-3-Clause
"""What the system tests share: a private network, children that end with the test, waiting.

A test runs in a network namespace and a mount namespace of its own, so nothing that it
does reaches the machine's interfaces, and all of it is gone when the test is.
"""
import atexit
import ctypes
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import uuid

INNER = "FWPDK_SYSTEM_TEST_INNER"
MAC_PORT, MAC_PEER = "02:00:00:00:%02x:01", "02:00:00:00:%02x:02"
children = []
namespaces = []
tmp = None


def skip(reason):
    print("SKIP: " + reason)
    sys.exit(77)


def check(condition, what):
    if not condition:
        print("FAIL: " + what, flush=True)
        sys.exit(1)


def wait(condition, what, seconds=20):
    """Poll a condition until it holds; the test fails at the deadline."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < end, "timed out: " + what)
        time.sleep(0.005)


def cleanup():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in reversed(children):
        if child.poll() is None:
            child.kill()
            child.wait()
    for name in namespaces:
        subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
    if tmp:
        shutil.rmtree(tmp, ignore_errors=True)


def enter(*tools, root=True):
    """Begin: check what is needed, move into namespaces of this test's own."""
    global tmp
    for tool in tools + (("unshare", "ip", "ethtool") if root else ()):
        if shutil.which(tool) is None:
            skip("needs the program " + tool)
    if root and os.geteuid() != 0:
        skip("needs root (network namespaces)")
    if root and INNER not in os.environ:
        unshare = ["unshare", "--net", "--mount", "--propagation", "private"]
        tried = subprocess.run(unshare + ["true"], stderr=subprocess.PIPE, text=True)
        if tried.returncode:
            skip("no namespaces here: " + tried.stderr.strip())
        os.environ[INNER] = "1"
        os.execvp("unshare", unshare + [sys.executable] + sys.argv)
    tmp = tempfile.mkdtemp(prefix="fwpdk-system-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    atexit.register(cleanup)
    if root:
        os.makedirs("/run/netns", exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)
        ip("link", "set", "lo", "up")


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def spawn(command, ns=None, **kw):
    if ns:
        command = ["ip", "netns", "exec", ns] + command
    child = subprocess.Popen(command, preexec_fn=die_with_parent, text=True, **kw)
    children.append(child)
    return child


def run(command, seconds=60, ns=None, input=None):
    """Run to the end; returns (exit code, stdout, stderr)."""
    child = spawn(command, ns, stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = child.communicate(input, timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        check(False, "no end after %d s: %s\n%s%s" % (seconds, " ".join(command), out, err))
    return child.returncode, out, err


def ip(*words, ns=None):
    rc, _, err = run(["ip"] + (["-n", ns] if ns else []) + list(words))
    check(rc == 0, "ip %s: %s" % (" ".join(words), err))


def ping(ns, to, count, *args):
    """All of count echo requests are answered; what ping says. They leave at once: after the last request
    ping waits for one interval only, which on a busy machine must not be a short one."""
    n = str(count)
    rc, out, err = run(["ping", "-n", "-q", "-c", n, "-l", n, "-i", "10"] + list(args) + [to], ns=ns)
    check(rc == 0 and " 0% packet loss" in out, "ping %s: %s%s" % (" ".join([n, *args]), out, err))
    return out


def make_netns():
    name = "fwpdk-%d-%d" % (os.getpid(), len(namespaces))
    ip("netns", "add", name)
    namespaces.append(name)
    ip("link", "set", "lo", "up", ns=name)
    return name


def address(device, number, ns=None):
    """10.77.N.2 and fd77:N::2 on the device, without the kernel's own talk on it."""
    ip("addr", "add", "10.77.%d.2/24" % number, "dev", device, ns=ns)
    ip("-6", "addr", "add", "fd77:%x::2/64" % number, "dev", device, "nodad", ns=ns)
    ip("link", "set", device, "up", ns=ns)


def make_veth(number):
    """veth vN here <-> wN with addresses in a namespace of its own, which is returned."""
    ns = make_netns()
    here, there = "v%d" % number, "w%d" % number
    ip("link", "add", here, "address", MAC_PORT % number, "type", "veth", "peer", "name", there,
       "address", MAC_PEER % number, "netns", ns)
    for device, where in ((here, None), (there, ns)):
        run(["ethtool", "-K", device, "tx", "off", "rx", "off"], ns=where)
    address(there, number, ns)
    ip("link", "set", here, "up")
    return ns


def cpus():
    return "(%s)" % ",".join(map(str, sorted(os.sched_getaffinity(0))))


def eal(*devices, lcores=1, memory=("--no-huge", "-m", "512", "--iova-mode=va")):
    # Lcores float over all CPUs: another program's busy loop must not starve one of them.
    return ["--lcores", ",".join("%d@%s" % (i, cpus()) for i in range(lcores)), "--no-pci", "--no-telemetry", "--log-level=*:warning",
            "--file-prefix=s%s" % uuid.uuid4().hex[:12], *memory,
            *("--vdev=" + d for d in devices), "--"]


def testpmd(program, eal_args, args, seconds=60, rc=0, **kw):
    """Run fwpdk-testpmd with --json; returns the summary, or fails."""
    path = os.path.join(tmp, "summary-%s.json" % uuid.uuid4().hex[:8])
    code, out, err = run([program] + eal_args + args + ["--json=" + path], seconds, **kw)
    check(code == rc, "exit code %d of %s\n%s%s" % (code, " ".join(args), out, err))
    with open(path) as f:
        return json.load(f)


def balanced(summary, at_least=1):
    s = summary
    check(s["injected"] == s["completed"] >= at_least and s["in_flight"] == 0,
          "injected %(injected)d, completed %(completed)d, in flight %(in_flight)d" % s)


def read_pcap(path):
    """[(frame, length on the wire)] of a capture in the classic format."""
    with open(path, "rb") as f:
        data = f.read()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\x4d\x3c\xb2\xa1": "<"}[data[:4]]
    frames, at = [], 24
    while at < len(data):
        _, _, captured, wire = struct.unpack_from(order + "IIII", data, at)
        frames.append((data[at + 16:at + 16 + captured], wire))
        at += 16 + captured
    return frames
