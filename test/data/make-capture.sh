#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Makes real.pcap anew: ordinary programs talk over a veth pair between two network
# namespaces of this script's own, tcpdump writes down what passes. Needs root.
# usage: make-capture.sh [OUT.pcap]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/real.pcap}
a=fwpdk-cap-a-$$ b=fwpdk-cap-b-$$
tmp=$(mktemp -d)
pids=()

cleanup() {
	local pid
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	ip netns del "$a" 2>/dev/null || true
	ip netns del "$b" 2>/dev/null || true
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

in_a() { ip netns exec "$a" "$@"; }
in_b() { ip netns exec "$b" "$@"; }

# until SECONDS COMMAND...: poll a condition
until_true() {
	local end=$((SECONDS + $1))
	shift
	while ! "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "make-capture: timed out: $*" >&2
			exit 1
		fi
		sleep 0.05
	done
}

[ "$(id -u)" = 0 ] || { echo "make-capture: needs root" >&2; exit 1; }
for tool in ip ethtool tcpdump ping curl dig iperf3 python3 tshark; do
	command -v $tool >/dev/null || { echo "make-capture: needs $tool" >&2; exit 1; }
done

ip netns add "$a"
ip netns add "$b"
ip -n "$a" link add va address 02:00:00:00:0a:01 type veth \
	peer name vb address 02:00:00:00:0b:01 netns "$b"
for ns in "$a" "$b"; do
	dev=$([ "$ns" = "$a" ] && echo va || echo vb)
	ip netns exec "$ns" ethtool -K "$dev" rx off tx off sg off tso off gso off gro off >/dev/null
	ip -n "$ns" link set lo up
done
ip -n "$a" addr add 192.0.2.1/24 dev va
ip -n "$b" addr add 192.0.2.2/24 dev vb
ip -n "$a" addr add 2001:db8::1/64 dev va nodad
ip -n "$b" addr add 2001:db8::2/64 dev vb nodad
# tcpdump takes its buffers by the MTU that it finds.
ip -n "$a" link set va mtu 3000
ip -n "$a" link set va up

ip netns exec "$a" tcpdump -i va -U --immediate-mode -w "$tmp/real.pcap" 2>"$tmp/tcpdump.log" &
pids+=($!) tcpdump=$!
until_true 10 grep -q "listening on" "$tmp/tcpdump.log"
ip -n "$a" link set va mtu 1500
ip -n "$b" link set vb up

# Servers in b. The ip command becomes the server, so $! is its pid.
mkdir "$tmp/www"
head -c 12000 /dev/urandom | base64 >"$tmp/www/page.txt"
ip netns exec "$b" python3 -m http.server --bind :: --directory "$tmp/www" 8080 >/dev/null 2>&1 &
pids+=($!)
ip netns exec "$b" python3 "$here/dns_responder.py" &
pids+=($!)
ip netns exec "$b" iperf3 -s >/dev/null 2>&1 &
pids+=($!)
listening() { in_b ss -Hln "sport = :$1" | grep -q .; }
for port in 8080 53 5201; do until_true 10 listening $port; done
until_true 10 in_a ping -6 -c 1 -W 1 2001:db8::2

# Traffic from a.
in_a ping -c 3 -i 0.2 192.0.2.2
in_a ping -6 -c 3 -i 0.2 2001:db8::2
in_a ping -c 2 -i 0.2 -s 4000 192.0.2.2 # fragments
in_a ping -6 -c 2 -i 0.2 -s 4000 2001:db8::2
in_a ping -R -c 1 192.0.2.2 # IPv4 options
in_a ping -6 -c 1 -I va ff02::1 # multicast
in_a curl -sS -o /dev/null http://192.0.2.2:8080/page.txt
in_a curl -sS -o /dev/null "http://[2001:db8::2]:8080/page.txt"
for server in 192.0.2.2 2001:db8::2; do
	in_a dig +tries=1 +noedns "@$server" www.example.com A
	in_a dig +tries=1 "@$server" www.example.com AAAA
	in_a iperf3 -c "$server" -u -b 2M -l 1200 -n 24K
	in_a iperf3 -c "$server" -n 30K -l 6K
done

# Packets above an MTU of 1500.
ip -n "$a" link set va mtu 3000
ip -n "$b" link set vb mtu 3000
in_a ping -M "do" -c 3 -i 0.2 -s 2900 192.0.2.2
in_a ping -6 -M "do" -c 3 -i 0.2 -s 2900 2001:db8::2
in_a curl -sS -o /dev/null http://192.0.2.2:8080/page.txt
in_a ping -c 1 -i 0.2 -s 1473 192.0.2.2 # one byte above
in_a ping -c 1 -i 0.2 -s 1472 192.0.2.2 # exactly 1500

# Nothing may be on its way into the file: wait for the last reply, an unfragmented one of 1500.
last_seen() {
	tcpdump -nr "$tmp/real.pcap" 'icmp[0] = 0 and ip[6:2] & 0x3fff = 0 and ip[2:2] = 1500' 2>/dev/null |
		grep -q .
}
until_true 10 last_seen
kill -TERM "$tcpdump" # background jobs of a script ignore SIGINT
wait "$tcpdump" || true
grep -q "^0 packets dropped by kernel" "$tmp/tcpdump.log"
cp "$tmp/real.pcap" "$out"
echo "$out: $(stat -c %s "$out") bytes"

# What tshark counts in it, for the test that compares.
count() { tshark -r "$out" -Y "$1" 2>/dev/null | wc -l; }
{
	echo "# SPDX-License-Identifier: BSD-3-Clause"
	echo "# kind number; by make-capture.sh, counted by tshark"
	echo "ipv4 $(count 'eth.type == 0x0800 && frame.len <= 1514')"
	echo "ipv6 $(count 'eth.type == 0x86dd && frame.len <= 1514')"
	echo "oversize $(count '(eth.type == 0x0800 || eth.type == 0x86dd) && frame.len > 1514')"
	echo "malformed $(count '_ws.malformed || frame.cap_len < frame.len')"
	echo "non_ip $(count 'eth.type != 0x0800 && eth.type != 0x86dd')"
} >"${out%.pcap}.expected"
