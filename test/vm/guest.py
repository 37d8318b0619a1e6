# SPDX-License-Identifier: BSD-3-Clause
"""The guest: Debian's kernel, busybox, a program with its libraries and drivers, as files.

Nothing of it is installed. Packages are downloaded once into the cache directory.
"""
import fcntl
import glob
import lzma
import os
import re
import shutil
import subprocess
import sys

QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
KERNEL = "linux-image-cloud-amd64"
MODULES = ("vfio_iommu_type1", "vfio-pci")
DRIVERS = ("net_e1000", "net_vmxnet3", "net_virtio", "bus_pci", "mempool_ring")
HUGEPAGES = 80

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp LD_LIBRARY_PATH=/lib
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in $(cat /modules/order); do insmod /modules/$module.ko; done
echo %d >/proc/sys/vm/nr_hugepages
ulimit -l unlimited
for device in /sys/bus/pci/devices/*; do
    [ "$(cat $device/class)" = 0x020000 ] || continue
    echo vfio-pci >$device/driver_override
    basename $device >/sys/bus/pci/drivers_probe
    echo "$(cat $device/vendor):$(cat $device/device) $(basename $(readlink $device/driver))"
done
sh /run.sh
poweroff -f
""" % HUGEPAGES


class Missing(Exception):
    """This machine has not what it takes."""


def version():
    if shutil.which(QEMU) is None:
        raise Missing("needs the program " + QEMU)
    text = subprocess.run([QEMU, "--version"], capture_output=True, text=True).stdout
    return re.search(r"version (\S+?)(?=\s|$)", text).group(1)


def offers(nic):
    text = subprocess.run([QEMU, "-device", "help"], capture_output=True, text=True).stdout
    return 'name "%s"' % nic in text


def command(*words, cwd=None):
    child = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
    return child.stdout if child.returncode == 0 else None


def download(cache, package):
    """The package unpacked into a directory of the cache; its path."""
    tree = os.path.join(cache, package)
    if os.path.isdir(tree):
        return tree
    fresh = tree + ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(fresh)
    get = ("apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", package)
    if command(*get, cwd=fresh) is None and (
            command("apt-get", "update", "-qq") is None or command(*get, cwd=fresh) is None):
        raise Missing("cannot download the package " + package)
    deb = glob.glob(os.path.join(fresh, "*.deb"))[0]
    if command("dpkg-deb", "-x", deb, fresh) is None:
        raise Missing("cannot unpack the package " + package)
    os.remove(deb)
    os.rename(fresh, tree)
    return tree


def kernel_package(cache):
    """What the meta package points at; once something is in the cache, that."""
    have = sorted(glob.glob(os.path.join(cache, "linux-image-*-amd64")))
    if have:
        return os.path.basename(have[-1])
    for _ in range(2):
        text = command("apt-cache", "depends", KERNEL) or ""
        found = re.search(r"Depends: (linux-image-\S+)", text)
        if found:
            return found.group(1)
        command("apt-get", "update", "-qq")
    raise Missing("apt knows no package " + KERNEL)


def module_read(tree, name):
    pattern = re.sub("[-_]", "[-_]", name)
    found = glob.glob(os.path.join(tree, "**", pattern + ".ko*"), recursive=True)
    if not found:
        return None  # built in, or not in this kernel
    with open(found[0], "rb") as f:
        data = f.read()
    return lzma.decompress(data) if found[0].endswith(".xz") else data


def modules_load(tree, names, loaded):
    """Adds {name: contents}, those that a module depends on before it."""
    for name in names:
        data = None if name in loaded else module_read(tree, name)
        if data is None:
            continue
        depends = re.search(rb"\0depends=([^\0]*)\0", data).group(1).decode()
        modules_load(tree, filter(None, depends.split(",")), loaded)
        loaded[name] = data


def is_elf(path):
    with open(path, "rb") as f:
        return f.read(4) == b"\x7fELF"


def libraries(paths):
    """{basename: path} of the shared libraries that the files need; the loader by its path."""
    found = {}
    for path in paths:
        if not is_elf(path):
            continue
        for line in (command("ldd", path) or "").splitlines():
            match = re.match(r"\s*(?:(\S+) => )?(/\S+) \(", line)
            if match:
                found[match.group(1) or match.group(2)] = match.group(2)
    return found


def plugins(libs, drivers):
    """Drivers of the DPDK that the program is linked with."""
    eal = next((p for n, p in libs.items() if n.startswith("librte_eal.so")), None)
    if eal is None:
        raise Missing("the program is not linked with a shared DPDK")
    suffix = os.path.basename(eal)[len("librte_eal"):]
    paths = [os.path.join(os.path.dirname(eal), "librte_" + d + suffix) for d in drivers]
    for path in paths:
        if not os.path.exists(path):
            raise Missing("needs the library " + os.path.basename(path))
    return paths


class Archive:
    """An initramfs in cpio's newc format."""

    def __init__(self):
        self.data, self.inode, self.made = bytearray(), 0, set()

    def record(self, name, mode, contents):
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, len(contents), 0, 0, 0, 0, len(name) + 1, 0)
        self.data += b"070701" + b"".join(b"%08x" % f for f in fields) + name.encode() + b"\0"
        self.data += bytes(-len(self.data) % 4) + contents
        self.data += bytes(-len(self.data) % 4)

    def directory(self, name):
        if name and name not in self.made:
            self.directory(os.path.dirname(name))
            self.made.add(name)
            self.record(name, 0o40755, b"")

    def add(self, name, contents, mode=0o100755):
        name = name.lstrip("/")
        self.directory(os.path.dirname(name))
        self.record(name, mode, contents)

    def add_file(self, name, path):
        with open(path, "rb") as f:
            self.add(name, f.read())

    def finish(self):
        self.record("TRAILER!!!", 0, b"")
        return self.data


class Guest:
    """modules, drivers: of the kernel and of DPDK. tools: further programs of this machine, which the guest has in
    /bin. files: {path there: path here}."""

    def __init__(self, cache, program, modules=MODULES, drivers=DRIVERS, tools=(), files=None):
        os.makedirs(cache, exist_ok=True)
        with open(os.path.join(cache, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.tree = download(cache, kernel_package(cache))
            self.busybox = download(cache, "busybox-static")
        self.kernel = glob.glob(os.path.join(self.tree, "boot", "vmlinuz-*"))[0]
        self.modules, self.files = modules, dict(files or {})
        self.files["bin/program"] = program
        for tool in tools:
            if shutil.which(tool) is None:
                raise Missing("needs the program " + tool)
            self.files["bin/" + os.path.basename(tool)] = shutil.which(tool)
        self.plugins = plugins(libraries([program]), drivers)
        self.libs = libraries([*self.files.values(), *self.plugins])

    def initrd(self, path, script):
        archive, modules = Archive(), {}
        for name in ("dev", "proc", "sys", "tmp", "run", "var/run"):
            archive.directory(name)
        archive.add_file("bin/busybox", os.path.join(self.busybox, "bin", "busybox"))
        modules_load(self.tree, self.modules, modules)
        for name, data in modules.items():
            archive.add("modules/%s.ko" % name, data)
        archive.add("modules/order", "\n".join(modules).encode())
        for plugin in self.plugins:
            self.libs[os.path.basename(plugin)] = plugin
        for name, lib in self.libs.items():
            archive.add_file(name if "/" in name else "lib/" + name, lib)
        for name, here in self.files.items():
            archive.add_file(name, here)
        archive.add("run.sh", script.encode())
        archive.add("init", INIT.encode())
        with open(path, "wb") as f:
            f.write(archive.finish())

    def eal(self):
        words = ["--lcores", "0,1", "-m", "128", "--in-memory", "--no-telemetry",
                 "--log-level=*:warning"]
        for plugin in self.plugins:
            words += ["-d", os.path.basename(plugin)]
        return words + ["--"]

    def boot(self, tmp, device, script, seconds, megabytes=768):
        """Runs the script. Returns what came out of the second serial port, or None after
        the time; the console is in tmp/console, what the NIC (if there is a device) sent in
        tmp/wire.pcap."""
        results = os.path.join(tmp, "results")
        initrd = os.path.join(tmp, "initrd")
        self.initrd(initrd, script)
        words = [
            QEMU, "-M", "q35,accel=tcg", "-cpu", "max", "-smp", "2",
            "-m", str(megabytes),
            "-display", "none", "-nodefaults", "-no-reboot", "-no-user-config",
            "-serial", "file:" + os.path.join(tmp, "console"), "-serial", "file:" + results,
            "-device", "intel-iommu,intremap=on",
            "-kernel", self.kernel, "-initrd", initrd,
            # On a busy host the emulated timer comes too late for the kernel's check of it.
            "-append", "console=ttyS0 quiet loglevel=3 panic=-1 intel_iommu=on no_timer_check"]
        if device:
            # A hub with one more port, which takes whatever comes: no host network.
            words += ["-netdev", "hubport,id=n0,hubid=0", "-netdev", "hubport,id=n1,hubid=0",
                      "-object", "filter-dump,id=f0,netdev=n0,file=" + os.path.join(tmp, "wire.pcap"),
                      "-device", device + ",netdev=n0,romfile="]
        with open(os.path.join(tmp, "qemu"), "w") as log:
            try:
                subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               timeout=seconds)
            except subprocess.TimeoutExpired:
                return None
        if not os.path.exists(results):
            sys.exit("%s has not started: see %s" % (QEMU, log.name))
        with open(results, errors="replace") as f:
            return f.read()
