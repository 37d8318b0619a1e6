# SPDX-License-Identifier: BSD-3-Clause
# The same router on one port: what comes in goes out of it again, to the other network's host.
#
#   fwpdk-testpmd --no-pci --vdev=net_af_packet0,iface=v0 \
#       -- --forward-mode=forward --cmdline-file=config/one-port.cmd

if addr if0 192.0.2.1/24
if addr if0 198.51.100.1/24
neigh add if0 192.0.2.2 02:00:00:00:00:02
neigh add if0 198.51.100.2 02:00:00:00:01:02
if set if0 forwarding on
