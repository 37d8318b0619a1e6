/* SPDX-License-Identifier: BSD-3-Clause */
#include "inline_shared.h"

int
inline_a(int v)
{
	return bare_force(v) + static_force(v) - bare_inline(v) - 1;
}
