#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# build-fuzz.sh OUT INCLUDE_DIRS -- SOURCES: one libFuzzer program with ASan and UBSan.
# The main build is gcc's, so the sources under test are compiled again here. Without
# clang's libFuzzer OUT becomes a program that says so and is counted as skipped (77).
set -eu
out=$1
shift
inc=()
while [ "$1" != -- ]; do
	inc+=("-I$1")
	shift
done
shift
clang=$(command -v clang-14 || command -v clang || true)
# shellcheck disable=SC2054 # commas of one word
san=(-g1 -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize=null,object-size,pointer-overflow
	-fno-sanitize-recover=undefined)
probe='#include <stdint.h>
#include <stddef.h>
int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) { (void)d; (void)n; return 0; }'
if [ -z "$clang" ] || ! printf '%s\n' "$probe" | "$clang" "${san[@]}" -x c - -o "$out" 2>/dev/null; then
	printf '#!/bin/sh\necho "skipped: no clang with libFuzzer when this was built"\nexit 77\n' >"$out"
	chmod +x "$out"
	exit 0
fi
read -ra cflags <<<"$(pkg-config --cflags libdpdk)"
read -ra libs <<<"$(pkg-config --libs libdpdk)"
exec "$clang" "${san[@]}" -std=gnu11 -Wall -Wextra -Werror -fno-strict-aliasing -D_GNU_SOURCE \
	-DALLOW_EXPERIMENTAL_API -DFWPDK_NBL_DEBUG=0 "${inc[@]}" "${cflags[@]}" "$@" "${libs[@]}" \
	-lmnl -lnuma -lpthread -o "$out"
