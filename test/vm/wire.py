# SPDX-License-Identifier: BSD-3-Clause
"""What the NIC model put on the wire, compared with what the client was told.

A datagram follows from its run and number alone; vm_client.c has the same rules.
"""
import struct

import sysoffload

NEXT_HOP, REQUESTS_HOP = bytes.fromhex("020000000001"), bytes.fromhex("020000000009")
MAGIC, RUNS_MAX = 0x66776D76, 9
STATUS_SUCCESS, STATUS_ABORTED = 0, 0xC0000240
FRAME = struct.Struct("!IIII")


class Bad(Exception):
    pass


def make_pattern():
    out, x = bytearray(), 1
    for _ in range(4096):
        x = (x * 1103515245 + 12345) & 0xFFFFFFFF
        out.append(x >> 16 & 0xFF)
    return bytes(out)


PATTERN = make_pattern()


def packet(run, number):
    span = 1500 - 44 + 1 if number % 8 == 0 else 200
    size = 44 + (number * 7919 & 0xFFFFFFFF) % span
    words = [0x4500, size, number & 0xFFFF, 0x4000, 0x4011, 0, 0x0A4D, 2, 0x0A4D, 1]
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    words[5] = ~(total + (total >> 16)) & 0xFFFF
    at = number * 37 % 2048
    data = FRAME.pack(MAGIC, run, number, size) + PATTERN[at:at + size - 44]
    udp = [20000 + run, 7000, size - 20, 0]
    if number % 4 == 1:  # whose checksum was asked for
        total = sum(words[6:10] + [17, size - 20] + udp)
        total += sum(struct.unpack("!%dH" % ((len(data) + 1) // 2), data + bytes(len(data) % 2)))
        while total > 0xFFFF:
            total = (total & 0xFFFF) + (total >> 16)
        udp[3] = ~total & 0xFFFF or 0xFFFF
    return struct.pack("!10H4H", *words, *udp) + data


def numbers(path, mac):
    """({run: its numbers in the order of the wire}, frames of vm_requests.c); every numbered
    frame is looked at bit by bit."""
    runs, requests, start = {}, [], NEXT_HOP + mac + b"\x08\x00"
    for i, frame in enumerate(sysoffload.read_pcap(path)):
        if frame.startswith(REQUESTS_HOP + mac):
            requests.append(frame)
            continue
        if len(frame) < 58:
            raise Bad("frame %d on the wire has %d bytes" % (i, len(frame)))
        magic, run, number, size = FRAME.unpack_from(frame, 42)
        if magic != MAGIC or run > RUNS_MAX:
            raise Bad("frame %d on the wire is foreign: %s" % (i, frame[:64].hex()))
        if frame[:14 + size] != start + packet(run, number) or len(frame) > max(60, 14 + size):
            raise Bad("frame %d on the wire is not number %d of run %d as it was injected: %s"
                      % (i, number, run, frame[:64].hex()))
        runs.setdefault(run, []).append(number)
    return runs, requests


def judge_requests(frames, path):
    """By tshark, which reads them from the file path; returns their number."""
    sysoffload.write_pcap(path, frames)
    ends = sysoffload.Ends(("10.77.0.9", "fd77::9"), 7000)
    try:
        return sysoffload.check(sysoffload.judged(path), ends)
    except sysoffload.Wrong as e:
        raise Bad("requests: %s" % e)


def compare(sent, statuses, lost_from):
    """sent: numbers on the wire; statuses: [(first, last, status)]; from number lost_from on a
    success may be missing. Returns (successes, aborted ones that were sent all the same)."""
    for a, b in zip(sent, sent[1:]):
        if b <= a:
            raise Bad("on the wire %d comes after %d" % (b, a))
    wire, successes, late = set(sent), 0, 0
    for first, last, status in statuses:
        missing = [n for n in range(first, last + 1) if n not in wire]
        there = last + 1 - first - len(missing)
        wire.difference_update(range(first, last + 1))
        if status == STATUS_SUCCESS:
            successes += last + 1 - first
            missing = [n for n in missing if n < lost_from]
            if missing:
                raise Bad("%d of %d..%d have succeeded and are not on the wire, first %d"
                          % (len(missing), first, last, missing[0]))
        elif status == STATUS_ABORTED:
            late += there
        elif there:
            raise Bad("%d of %d..%d have status 0x%08x and are on the wire"
                      % (there, first, last, status))
    if wire:
        raise Bad("%d is on the wire and was not accepted" % min(wire))
    return successes, late
