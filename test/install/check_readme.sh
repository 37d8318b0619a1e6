#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# usage: check_readme.sh SOURCE
#
# The program in README.md is examples/embed.c, every link of README.md and doc/ leads to
# a file, and what the second block shows is in examples/embed_host_port.c.
set -u
src=$1
fail=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

block() { # the n-th fenced block in C
	awk -v n="$1" '/^```c$/ { k++; on = (k == n); next } /^```$/ { on = 0 } on' "$src/README.md"
}

block 1 >"$tmp/1.c"
if ! cmp "$tmp/1.c" "$src/examples/embed.c"; then
	diff -u "$src/examples/embed.c" "$tmp/1.c" | head -20
	fail=1
fi

block 2 >"$tmp/2.c"
[ -s "$tmp/2.c" ] || fail=1
while IFS= read -r line; do
	grep -qxF -- "$line" "$src/examples/embed_host_port.c" || {
		echo "FAIL README: not in embed_host_port.c: $line"
		fail=1
	}
done <"$tmp/2.c"

for f in "$src/README.md" $(find "$src/doc" -name '*.md'); do
	dir=$(dirname "$f")
	# shellcheck disable=SC2013 # links have no blanks
	for link in $(grep -oE '\]\([^)#: ]+(#[^)]*)?\)' "$f" | sed 's/^](//; s/[#)].*//'); do
		[ -e "$dir/$link" ] || {
			echo "FAIL ${f#"$src"/}: no $link"
			fail=1
		}
	done
done
[ $fail = 0 ] && echo "README and links are right"
exit $fail
