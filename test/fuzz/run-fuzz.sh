#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# run-fuzz.sh PROGRAM CORPUS [SECONDS]: every seed once, then new inputs for a while.
# What is found stays beside the program, the corpus in the tree is not written to.
set -eu
prog=$1 seeds=$2 seconds=${3:-3}
if ! grep -q LLVMFuzzer "$prog"; then
	exec "$prog"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${XDG_RUNTIME_DIR-unset}" = "" ]; then
	unset XDG_RUNTIME_DIR
fi
# 77, the usual code of a finding, would be a skipped test.
run=("$prog" -error_exitcode=1 -artifact_prefix="$prog.")
"${run[@]}" -runs=0 "$seeds"
"${run[@]}" -max_total_time="$seconds" -max_len=1200 -timeout=10 \
	-print_final_stats=1 "$work" "$seeds"
