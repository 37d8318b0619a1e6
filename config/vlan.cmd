# SPDX-License-Identifier: BSD-3-Clause
# Everything in VLAN 20, 198.18.0.2 in QinQ (outer tag 10); frames are written to out.pcap.
#
#   fwpdk-testpmd --no-pci --vdev=net_pcap0,tx_pcap=out.pcap -- --cmdline-file=config/vlan.cmd --count=10

if add users port 0 vlan 20
neigh add users 10.255.255.1 02:00:00:00:00:01
route add 0.0.0.0/0 dev users via 10.255.255.1
if add carrier port 0 vlan 20 outer 10
neigh add carrier 198.18.0.2 02:00:00:00:00:02
route add 198.18.0.2/32 dev carrier
if show
