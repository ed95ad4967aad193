#!/bin/sh
# Runs inside what pack.sh made: the engine's tests on the GPU, a small run under compute-sanitizer if that is there, and
# all figures. Ends with an error if a test fails or the sanitizer finds something.
#
#   check.sh [--quick]   --quick: small sizes, to see that everything runs
#   OUT                  where gpu.json with the figures goes, the current folder if not set
set -u

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=$(CDPATH= cd -- "${OUT:-.}" && pwd) || exit 1
status=0
java() {
    "$here/runtime/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -Xmx4g "$@"
}
bench() {
    java -cp "$here/lib/*" org.morphogen.bench.launch.Main gpu "$@"
}

command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader

echo "== tests on the GPU"
cd "$here/shard-node" || exit 1
java -Dmorphogen.gpu=device -cp "$here/shard-node/tests:$here/lib/*" org.junit.platform.console.ConsoleLauncher execute \
    --disable-banner --disable-ansi-colors --details=tree --include-tag=gpu --scan-classpath="$here/shard-node/tests" >"$here/tests.txt"
grep -E '\[ +[0-9]+ tests (found|skipped|successful|failed)|\[X\]|=> ' "$here/tests.txt"
if ! grep -q '\[ *0 tests failed' "$here/tests.txt" || grep -q '\[ *0 tests successful' "$here/tests.txt"; then
    cat "$here/tests.txt"
    status=1
fi

small="--memory 24MiB --row-bytes 32,256 --batches 2,64 --probe 4MiB --rounds 1"
if command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck synccheck initcheck; do
        echo "== compute-sanitizer $tool"
        # shellcheck disable=SC2086
        if ! timeout 150 compute-sanitizer --tool $tool --error-exitcode 9 --target-processes all \
            "$here/runtime/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xint \
            -cp "$here/lib/*" org.morphogen.bench.launch.Main gpu $small >"$here/$tool.txt" 2>&1; then
            tail -n 40 "$here/$tool.txt"
            status=1
        fi
        grep 'ERROR SUMMARY' "$here/$tool.txt"
    done
fi

echo "== figures"
if [ "${1:-}" = --quick ]; then
    # shellcheck disable=SC2086
    bench $small
else
    bench --json "$out/gpu.json"
fi || status=1
exit $status
