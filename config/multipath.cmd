# SPDX-License-Identifier: BSD-3-Clause
# Several next hops: flows are shared out three to one; a prefix that leads nowhere. Where a driver
# tells of its link, flows go round a port whose link is down.
#
#   fwpdk-testpmd --no-pci --vdev=net_null0 --vdev=net_null1 -- \
#       --cmdline-file=config/multipath.cmd --duration=2

neigh add if0 192.0.2.1 02:00:00:00:01:01
neigh add if1 192.0.2.1 02:00:00:00:02:01
route add 198.18.0.0/15 via 192.0.2.1 if if0 weight 3 via 192.0.2.1 if if1
route add 198.51.100.0/24 unreachable
port link 0 on
port link 1 on
route show
