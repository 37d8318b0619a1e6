/* SPDX-License-Identifier: BSD-3-Clause */
/* x86intrin.h beside this says why; clang counts as an old gcc for DPDK, which includes this one
 * then. */
#ifdef __AVX__
#include_next <immintrin.h>
#else
#include <nmmintrin.h>
#endif
