#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: check_headers.sh include/wdk socket_order.c
#
# Compiles every header alone, in C11 and C++17, with each compiler found, and with
# no system include path: only the compiler's own freestanding directory. So a
# header that pulled in a DPDK or POSIX header would not compile. Then compiles
# socket_order.c with <sys/socket.h> before and after ours.
set -u
wdk=$1
socket=$2
fail=0
runs=0
warn='-Wall -Wextra -Wundef -Wpointer-arith -pedantic -Werror -fsyntax-only'
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

own_dir() { # the freestanding headers of a compiler
	case $1 in
	clang*) echo "$("$1" -print-resource-dir)/include" ;;
	*) "$1" -print-file-name=include ;;
	esac
}

try() { # what, command...
	what=$1
	shift
	runs=$((runs + 1))
	if ! "$@" >"$tmp/log" 2>&1; then
		echo "FAIL $what"
		cat "$tmp/log"
		fail=1
	fi
}

headers=$(cd "$wdk" && find . -name '*.h' | sed 's,^\./,,' | sort)
for h in $headers; do
	head -n 1 "$wdk/$h" | grep -q SPDX-License-Identifier || {
		echo "FAIL $h: no SPDX line"
		fail=1
	}
	[ "$(wc -l <"$wdk/$h")" -le 600 ] || {
		echo "FAIL $h: longer than 600 lines"
		fail=1
	}
done

for cc in gcc clang g++ clang++; do
	command -v $cc >/dev/null 2>&1 || continue
	own=$(own_dir $cc)
	case $cc in
	*++) lang='-x c++ -std=c++17' ;;
	*) lang='-x c -std=c11 -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition' ;;
	esac
	for h in $headers; do
		printf '#include <%s>\n#include <%s>\nextern int x;\n' "$h" "$h" >"$tmp/t.c"
		# shellcheck disable=SC2086
		try "$cc $h" $cc $lang $warn -ffreestanding -nostdinc -isystem "$own" \
			-I "$wdk" "$tmp/t.c"
	done
	for order in 1 2; do
		# shellcheck disable=SC2086
		try "$cc socket order $order" $cc ${lang%% -Wstrict*} -Wall -Werror -Wsystem-headers -fsyntax-only -D_GNU_SOURCE \
			-DORDER=$order -I "$wdk" "$socket"
	done
done
[ $runs -gt 0 ] || fail=1
echo "$runs compilations"
exit $fail
