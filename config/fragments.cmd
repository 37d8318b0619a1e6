# SPDX-License-Identifier: BSD-3-Clause
# Packets of 4,000 bytes leave as fragments: of 1500 bytes, and of 1280 to one destination.
#
#   fwpdk-testpmd --no-pci --vdev=net_pcap0,tx_pcap=out.pcap -- --cmdline-file=config/fragments.cmd --count=10

if set if0 fragment on
pmtu set 198.18.0.2 1280 seconds 3600
pmtu show
set txpkts 4000
