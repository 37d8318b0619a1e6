# SPDX-License-Identifier: BSD-3-Clause
# Jumbo packets of three segments: the interface lets 9000 bytes pass.
#
#   fwpdk-testpmd --no-pci --vdev=net_null0 -- --cmdline-file=config/jumbo.cmd --duration=2

if set if0 mtu 9000
set txpkts 40,4000,4960
if show
