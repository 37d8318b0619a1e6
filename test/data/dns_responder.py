#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Answers every DNS query over UDP port 53 with one address from a documentation prefix."""
import socket
import struct

ANSWERS = {1: socket.inet_aton("198.51.100.7"), 28: socket.inet_pton(socket.AF_INET6, "2001:db8:7::7")}

s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
s.bind(("::", 53))
while True:
    query, peer = s.recvfrom(2048)
    end = query.index(b"\0", 12) + 5
    qtype = struct.unpack("!H", query[end - 4:end - 2])[0]
    data = ANSWERS.get(qtype)
    head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if data else 0, 0, 0)
    answer = struct.pack("!HHHIH", 0xc00c, qtype, 1, 60, len(data)) + data if data else b""
    s.sendto(head + query[12:end] + answer, peer)
