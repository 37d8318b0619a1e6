# SPDX-License-Identifier: BSD-3-Clause
# Two ports: IPv4 leaves by the first, IPv6 by the second.
#
#   fwpdk-testpmd --no-pci --vdev=net_pcap0,tx_pcap=v4.pcap --vdev=net_pcap1,tx_pcap=v6.pcap \
#       -- --cmdline-file=config/two-ports.cmd --replay-file=IN.pcap

neigh add if1 fe80::2 02:00:00:00:03:02
route add ::/0 dev if1 via fe80::2
route show
