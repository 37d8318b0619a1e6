# SPDX-License-Identifier: BSD-3-Clause
# Source translation: 192.0.2.0/24 and 2001:db8:1::/64 are inside, behind if0; outside, on if1, they
# are seen as 198.51.100.1 and 2001:db8:2::1 with a port of each flow.
#
#   fwpdk-testpmd --no-pci --vdev=net_af_packet0,iface=v0 --vdev=net_af_packet1,iface=v1 \
#       -- --forward-mode=nat --cmdline-file=config/nat.cmd

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

# everything else: through the host outside
route add 0.0.0.0/0 dev if1 via 198.51.100.2
route add ::/0 dev if1 via 2001:db8:2::2

nat 192.0.2.0/24 to 198.51.100.1
nat 2001:db8:1::/64 to 2001:db8:2::1
