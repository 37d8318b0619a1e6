# SPDX-License-Identifier: BSD-3-Clause
# Linux's own tables: a kernel interface with its addresses, routes and neighbours, beside
# one route of our own, which comes first.
#
#   ip link add v0 type veth peer name w0; ip link set v0 up; ip link set w0 up
#   ip addr add 192.0.2.2/24 dev v0
#   fwpdk-testpmd --no-pci --vdev=net_af_packet0,iface=v0 -- --cmdline-file=config/netlink.cmd -i
#
# From then on `ip route add 198.18.0.0/15 via 192.0.2.1` is all that routing needs, and
# `ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:02 dev v0` if nothing resolves it.

netlink open v0:0
neigh add v0 192.0.2.3 02:00:00:00:00:03
route add 10.0.0.0/8 dev v0 via 192.0.2.3
route show
show fwpdk netlink
