# SPDX-License-Identifier: BSD-3-Clause
# Static routes beside the default ones.
#
#   fwpdk-testpmd --no-pci --vdev=net_null0 -- --cmdline-file=config/static-routes.cmd --duration=2
#
# Interface if0 and the default routes through 10.255.255.1 and fe80::1 are there already.

# a gateway for private networks; the more specific prefix wins
neigh add if0 192.0.2.1 02:00:00:00:01:01
route add 10.0.0.0/8 dev if0 via 192.0.2.1

# where txonly sends (198.18.0.0/15 is for benchmarks): its own gateway
neigh add if0 192.0.2.2 02:00:00:00:01:02
route add 198.18.0.0/15 dev if0 via 192.0.2.2

# on-link: the destination itself is the neighbour
neigh add if0 198.51.100.7 02:00:00:00:01:07
route add 198.51.100.0/24 dev if0

# the same for IPv6
neigh add if0 2001:db8::1 02:00:00:00:01:06
route add 2001:db8:1::/48 dev if0 via 2001:db8::1

route show
neigh show
