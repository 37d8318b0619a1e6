# SPDX-License-Identifier: BSD-3-Clause
# Nobody is told a MAC address: if0 asks for its neighbours and answers for its own addresses.
#
#   fwpdk-testpmd --no-pci --vdev=net_tap0,iface=dtap0 -- --resolve --cmdline-file=config/resolve.cmd -i
#   ip addr add 192.0.2.1/24 dev dtap0; ip addr add 2001:db8::1/64 dev dtap0
#   fwpdk> start

addr add if0 192.0.2.2/24
addr add if0 2001:db8::2/64
route add 0.0.0.0/0 dev if0 via 192.0.2.1
route add ::/0 dev if0 via 2001:db8::1
if set if0 resolve on
