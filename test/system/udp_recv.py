#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""udp_recv.py COPIES EXPECTED ADDRESS,PORT,PROGRESS-FILE ...: ordinary UDP sockets receive
the datagrams of sys_udp_send.

Each must be whole, come COPIES times in a row, and in order within socket, thread and
flow. COPIES 0: any order, and numbers may be missing. EXPECTED 0: any number of them.
Ends once its standard input has ended and nothing more arrives; prints a line of
JSON; exit code 0 if exactly EXPECTED datagrams came.
"""
import json
import mmap
import os
import select
import socket
import struct
import sys

RCVBUFFORCE = 33
PATTERN = bytes(range(256)) * 8
SOURCE_PORT = 20000


class Receiver:
    def __init__(self, spec, copies):
        address, port, path = spec.split(",")
        v6 = ":" in address
        self.socket = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, RCVBUFFORCE, 16 << 20)
        self.socket.bind((address, int(port)))
        self.socket.setblocking(False)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(fd, 16)
        self.progress = memoryview(mmap.mmap(fd, 16)).cast("Q")
        self.progress[0] = 1
        self.copies = copies
        self.count, self.errors, self.seen = 0, [], {}

    def wrong(self, data, peer_port):
        """What is wrong with a datagram, or None."""
        if len(data) < 16:
            return "%d bytes" % len(data)
        thread, flow, sequence, length = struct.unpack_from("<4I", data)
        start = (thread * 31 + flow * 13 + sequence * 7 + 16) & 255
        if length != len(data) or data[16:] != PATTERN[start:start + length - 16]:
            return "damaged"
        if peer_port != SOURCE_PORT + 16 * thread + flow:
            return "port %d" % peer_port
        if self.copies == 0:
            numbers = self.seen.setdefault((thread, flow), set())
            twice = sequence in numbers
            numbers.add(sequence)
            return "thread %d: %d twice" % (thread, sequence) if twice else None
        number = self.seen.get((thread, flow), 0)
        self.seen[thread, flow] = number + 1
        if sequence != number // self.copies:
            return "thread %d flow %d: %d instead of %d" % (thread, flow, sequence,
                                                            number // self.copies)
        return None

    def drain(self):
        while True:
            try:
                data, peer = self.socket.recvfrom(65536)
            except BlockingIOError:
                break
            self.count += 1
            wrong = self.wrong(data, peer[1])
            if wrong:
                self.errors.append(wrong)
        # After an error the sender need not wait any more.
        self.progress[1] = self.count if not self.errors else 1 << 62


def main():
    copies, expected = int(sys.argv[1]), int(sys.argv[2])
    receivers = [Receiver(spec, copies) for spec in sys.argv[3:]]
    waiting = [r.socket for r in receivers]
    ended = False
    while True:
        inputs = waiting if ended else waiting + [sys.stdin]
        ready = select.select(inputs, [], [], 0.3 if ended else None)[0]
        for r in receivers:
            r.drain()
        if ended and not ready:
            break
        ended = ended or (sys.stdin in ready and not os.read(0, 1))
    count = sum(r.count for r in receivers)
    errors = [e for r in receivers for e in r.errors]
    print(json.dumps({"received": count, "flows": sum(len(r.seen) for r in receivers),
                      "errors": len(errors), "first": errors[:2]}))
    sys.exit(0 if (not expected or count == expected) and not errors else 1)


main()
