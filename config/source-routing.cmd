# SPDX-License-Identifier: BSD-3-Clause
# Two ways out, chosen by the source: what comes from 198.51.100.0/24, or as txonly sends from
# 198.18.0.0/15, leaves by port 1, all else by port 0.
#
#   fwpdk-testpmd --no-pci --vdev=net_null0 --vdev=net_null1 -- \
#       --cmdline-file=config/source-routing.cmd --duration=2

table add 100
neigh add if1 192.0.2.1 02:00:00:00:02:01
neigh add if1 fe80::2 02:00:00:00:02:01
route add 0.0.0.0/0 dev if1 via 192.0.2.1 compartment 100
route add ::/0 dev if1 via fe80::2 compartment 100

rule add from 198.51.100.0/24 lookup 100 priority 10
rule add from 2001:db8:1::/48 lookup 100 priority 10
rule add from 198.18.0.0/15 lookup 100 priority 20
# but never to this one
rule add from 198.51.100.0/24 to 203.0.113.0/24 lookup unreachable priority 5

rule show
route show compartment 100
