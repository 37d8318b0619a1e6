#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# build-fuzz-lib.sh OUT INCLUDE_DIRS -- SOURCES: the whole library for fuzz programs, with
# coverage, ASan, and of UBSan what ASan does not see. Without clang's libFuzzer OUT is empty, and so are they.
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
if [ -z "$clang" ]; then
	: >"$out"
	exit 0
fi
objects=$out.objects
rm -rf "$objects" "$out"
mkdir "$objects"
read -ra cflags <<<"$(pkg-config --cflags libdpdk)"
export clang objects
one() { # SOURCE OBJECT FLAGS...
	"$clang" -g1 -O1 -fsanitize=fuzzer-no-link,address,undefined \
		-fno-sanitize=null,object-size,pointer-overflow -fno-sanitize-recover=undefined \
		-std=gnu11 -Wall -Wextra -Werror -Wno-multichar -fno-strict-aliasing -D_GNU_SOURCE \
		-DALLOW_EXPERIMENTAL_API -DFWPDK_NBL_DEBUG=0 '-DFWPDK_VERSION="fuzz"' "${@:3}" "$1" -o "$2"
}
all() { # SOURCE FLAGS...
	one "$1" "$objects/o${1//\//_}.o" -include-pch "$objects/pch" "${@:2}" -c
}
export -f one all
one "$(dirname "$0")/../../lib/pch/pch.h" "$objects/pch" "${inc[@]}" "${cflags[@]}" -x c-header
printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I SOURCE bash -c 'all "$@"' all SOURCE "${inc[@]}" "${cflags[@]}"
ar rcs "$out" "$objects"/*.o
