#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# usage: check_install.sh SOURCE [BUILD]
#
# Installs the library (of BUILD, or one that it builds) into a fresh prefix and uses it as
# a stranger would: only through pkg-config, out of tree. One line at the end.
# shellcheck disable=SC2317 # the functions are called by try
set -uo pipefail
src=$1 build=${2:-}
here=$src/test/install
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset XDG_RUNTIME_DIR DESTDIR LD_LIBRARY_PATH
passed=0 failed=0

try() { # what, command...
	local what=$1
	shift
	if "$@" >"$tmp/log" 2>&1; then
		passed=$((passed + 1))
	else
		echo "FAIL $what (exit $?)"
		tail -n 40 "$tmp/log"
		failed=$((failed + 1))
	fi
}

expect() { # what, text that the last output must contain
	if grep -qF -- "$2" "$tmp/log"; then
		passed=$((passed + 1))
	else
		echo "FAIL $1: no '$2' in:"
		tail -n 20 "$tmp/log"
		failed=$((failed + 1))
	fi
}

finish() {
	echo "$passed checks passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}

# ---- install

prefix=$tmp/inst
if [ -n "$build" ]; then # what has been built; only the place in the .pc files is made ours
	place=$(meson introspect "$build" --buildoptions |
		/usr/bin/python3 -c 'import json, sys; o = {x["name"]: x["value"] for x in json.load(sys.stdin)}; print(o["prefix"], o["libdir"])')
	libdir=${place#* }
	try "install" meson install -C "$build" --no-rebuild --destdir "$tmp/dest"
	mv "$tmp/dest${place% *}" "$prefix"
	sed -i "s,^prefix=.*,prefix=$prefix," "$prefix/$libdir"/pkgconfig/*.pc
else
	libdir=lib
	try "configure" meson setup "$tmp/build" "$src" --prefix="$prefix" --libdir=$libdir -Dtests=false -Dapps=false
	try "install" ninja -C "$tmp/build" install
fi
[ $failed = 0 ] || finish
libdir=$prefix/$libdir
export PKG_CONFIG_PATH=$libdir/pkgconfig
lib=$libdir/libfwpdk.so
native=$prefix/include/fwpdk
wdk=$prefix/include/fwpdk-wdk

try "pkg-config libfwpdk" pkg-config --exists --print-errors 'libfwpdk >= 0.1.0'
try "pkg-config libfwpdk-wdk" pkg-config --exists --print-errors libfwpdk-wdk
try "wdkincludedir" test "$(pkg-config --variable=wdkincludedir libfwpdk)" = "$wdk"
try "native headers alone give no WDK name" bash -c '! pkg-config --cflags libfwpdk | grep -q fwpdk-wdk'

# ---- symbols: what the map says, no more and no less

sed -n '/global:/,/local:/ s/^\t*\([A-Za-z0-9_]*\);$/\1/p' "$src/lib/libfwpdk.map" | sort >"$tmp/map"
nm -D --defined-only "$lib" | awk '$2 != "A" { sub("@.*", "", $3); print $3 }' | sort >"$tmp/exported"
try "exported symbols are those of libfwpdk.map" diff -u "$tmp/map" "$tmp/exported"
try "no internal symbol is exported" bash -c "! grep '^fwi_' '$tmp/exported'"
# In the static library everything is visible: nothing there may collide with a client's name.
nm -g --defined-only "$libdir/libfwpdk.a" | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/static"
try "names of the static library" bash -c \
	"! grep -vE '^fwi_' '$tmp/static' | grep -vxFf '$tmp/map' | grep -vE '^(\.refptr|FWPM_)'"
# Every function that an installed header declares can be linked.
cat "$native"/*.h | tr '\n' ' ' | grep -oE '\bfwpdk_[a-z0-9_]+ ?\(' | grep -oE 'fwpdk_[a-z0-9_]+' |
	grep -vE '_fn$' | sort -u >"$tmp/declared"
try "declared functions are exported" bash -c "! comm -23 '$tmp/declared' '$tmp/exported' | grep ."

# ---- headers, each alone

cflags=$(pkg-config --cflags libfwpdk)
for compiler in gcc clang++; do # all four take twice as long, most of it in DPDK's headers
	command -v $compiler >/dev/null || continue
	case $compiler in
	*++) lang='-x c++ -std=c++17' ;;
	*) lang='-x c -std=c11 -D_DEFAULT_SOURCE' ;; # DPDK's headers want POSIX names
	esac
	for header in "$native"/*.h; do
		header=fwpdk/$(basename "$header")
		printf '#include <%s>\n#include <%s>\nextern int x;\n' "$header" "$header" >"$tmp/t.c"
		# shellcheck disable=SC2086 # flags are words; the programs below do without core/intrin
		try "$compiler $lang: $header alone" $compiler $lang -Wall -Wextra -Werror -fsyntax-only -I"$src/lib/core/intrin" $cflags "$tmp/t.c"
	done
done

# ---- programs

warn='-Wall -Wextra -Werror -Wno-multichar'
eal=(--no-pci --no-huge -m 256 --iova-mode=va --no-telemetry '--log-level=*:warning')
mkdir "$tmp/out" && cd "$tmp/out" || exit 1
cp "$src"/examples/*.c "$here/all_headers.cc" .
(cd "$wdk" && find . -name '*.h' | sed 's,^\./,#include <,; s,$,>,' | sort) >wdk_all.h

# pkg-config --static also lists what shared system libraries are made of, whose -dev
# packages nobody needs: leave out what is not there. What is missing in earnest fails to link.
there() {
	local word file
	for word in $(pkg-config --static --libs libfwpdk-wdk | sed 's/-lfwpdk\b/-l:libfwpdk.a/'); do
		case $word in
		-l:*) ;;
		-l*)
			file=$(gcc -print-file-name="lib${word#-l}.so")
			[ -e "$file" ] || file=$(gcc -print-file-name="lib${word#-l}.a")
			[ -e "$file" ] || continue
			;;
		esac
		echo "$word"
	done
}

compile() { # OUTPUT shared|static SOURCE FLAGS...
	local out=$1 kind=$2 source=$3 compiler=gcc std=gnu11
	shift 3
	case $source in *.cc) compiler=g++ std=c++17 ;; esac
	# shellcheck disable=SC2046,SC2086 # words
	if [ "$kind" = static ]; then
		# libdpdk.pc names archives, and so do we; system libraries stay shared
		$compiler -std=$std -O2 $warn "$@" $(pkg-config --static --cflags libfwpdk-wdk) "$source" -o "$out" \
			$(there)
	else
		$compiler -std=$std -O2 $warn "$@" $(pkg-config --cflags libfwpdk-wdk) "$source" -o "$out" \
			$(pkg-config --libs libfwpdk-wdk) -Wl,-rpath,"$libdir"
	fi
}

run() { # PROGRAM VDEV [EAL ARGUMENTS]
	local program=$1 vdev=$2
	shift 2
	timeout 60 "./$program" "${eal[@]}" --file-prefix="fwinst$$" --vdev="$vdev" "$@"
}
two_lcores=(--lcores '0@0,1@0') # a worker without needing a second CPU
one_lcore=(--lcores '0@0')

for kind in shared static; do
	for name in embed embed_host_port teardown; do
		try "compile $name $kind" compile $name-$kind $kind $name.c
	done
	for name in embed embed_host_port; do
		try "$name $kind" run $name-$kind net_null0 "${one_lcore[@]}"
		expect "$name $kind" 'completed with status 0x00000000'
	done
	try "teardown $kind net_null" run teardown-$kind net_null0 "${two_lcores[@]}"
	expect "teardown $kind net_null" 'net_null: 272 completed, 256 success, 0 aborted, 16 never handed over'
	try "teardown $kind net_ring" run teardown-$kind net_ring0 "${two_lcores[@]}"
	expect "teardown $kind net_ring" 'net_ring: 272 completed, 128 success, 128 aborted, 16 never handed over'
done
try "the static program needs no shared library of ours" bash -c "! ldd embed-static | grep -E 'fwpdk|librte_'"
try "the shared program uses ours" bash -c "ldd embed-shared | grep -q '$libdir/libfwpdk.so'"

for compiler in g++ clang++; do
	command -v $compiler >/dev/null || continue
	# shellcheck disable=SC2046
	try "C++ with every header, $compiler" $compiler -std=c++17 -O2 -Wall -Wextra -Werror -Wno-multichar \
		$(pkg-config --cflags libfwpdk-wdk) all_headers.cc -o cxx-$compiler \
		$(pkg-config --libs libfwpdk-wdk) -Wl,-rpath,"$libdir"
	try "C++ program, $compiler" run cxx-$compiler net_null0 "${one_lcore[@]}"
	expect "C++ program, $compiler" 'from C++'
done

finish
