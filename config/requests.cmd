# SPDX-License-Identifier: BSD-3-Clause
# What is sent leaves its checksums to the stack, and packets with more than 1,400 bytes of payload are cut: TCP as
# by LSO, UDP as by USO. Also for replaying a capture that was taken above a NIC with TSO and checksum offload.
#
#   fwpdk-testpmd --no-pci --vdev=net_pcap0,tx_pcap=out.pcap -- --cmdline-file=config/requests.cmd --count=10

set requests segments 1400
set txpkts 4000
