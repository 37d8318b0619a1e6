#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""web_peer.py FILE PORT: GET of anything gives the file, PUT answers with the SHA-256 of what it
was given."""
import hashlib
import http.server
import shutil
import socket
import sys

path, port = sys.argv[1], int(sys.argv[2])


class Peer(http.server.BaseHTTPRequestHandler):
    def head(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def do_GET(self):
        with open(path, "rb") as f:
            f.seek(0, 2)
            self.head(f.tell())
            f.seek(0)
            shutil.copyfileobj(f, self.wfile, 1 << 16)

    def do_PUT(self):
        left, digest = int(self.headers["Content-Length"]), hashlib.sha256()
        while left:
            part = self.rfile.read(min(left, 1 << 16))
            if not part:
                break
            digest.update(part)
            left -= len(part)
        answer = digest.hexdigest().encode()
        self.head(len(answer))
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.bind(self.server_address)


Server(("::", port), Peer).serve_forever()
