# SPDX-License-Identifier: BSD-3-Clause
# A router between two networks, for the modes that receive.
#
#   fwpdk-testpmd --no-pci --vdev=net_af_packet0,iface=v0 --vdev=net_af_packet1,iface=v1 \
#       -- --forward-mode=callout --cmdline-file=config/forward.cmd
#
# There is no ARP and no neighbour discovery: neighbours are static on both sides. A host on the
# first network needs
#   ip route add default via 192.0.2.1
#   ip neigh replace 192.0.2.1 lladdr <MAC of v0> nud permanent dev <its device>

if addr if0 192.0.2.1/24
if addr if0 2001:db8:1::1/64
neigh add if0 192.0.2.2 02:00:00:00:00:02
neigh add if0 2001:db8:1::2 02:00:00:00:00:02
if set if0 forwarding on

if addr if1 198.51.100.1/24
if addr if1 2001:db8:2::1/64
neigh add if1 198.51.100.2 02:00:00:00:01:02
neigh add if1 2001:db8:2::2 02:00:00:00:01:02
if set if1 forwarding on

if show
route show
