# SPDX-License-Identifier: BSD-3-Clause
# Two routing compartments: same prefix, another next hop.
#
#   fwpdk-testpmd --no-pci --vdev=net_null0 -- --cmdline-file=config/two-compartments.cmd \
#       --compartment=2 --duration=2
#
# Compartment 1 is the default one with interface if0; --compartment says where to inject.

if add blue port 0 mtu 1500 compartment 2
neigh add blue 192.0.2.1 02:00:00:00:02:01
route add 0.0.0.0/0 dev blue via 192.0.2.1 compartment 2
neigh add blue fe80::1 02:00:00:00:02:01
route add ::/0 dev blue via fe80::1 compartment 2

if show
route show
neigh show
