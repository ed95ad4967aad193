#!/bin/sh
# Compiles the native engine's kernel into OUT/<system>-<machine>/, if there is a C compiler. Without one, or when it
# fails, the build goes on: the node then has its Java engines.
#
#   compile.sh OUT
#   CC   the compiler; the first of cc, gcc, clang if not set
set -u

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
library=$1/$system-$machine/libmorphogen-scan.so

if [ -f "$library" ] && [ "$library" -nt "$here/scan.c" ] && [ "$library" -nt "$here/compile.sh" ]; then
    exit 0
fi
for compiler in "${CC:-}" cc gcc clang; do
    if [ -n "$compiler" ] && command -v "$compiler" >/dev/null 2>&1; then
        break
    fi
    compiler=
done
if [ -z "$compiler" ]; then
    echo "No C compiler was found (CC, cc, gcc, clang): the native engine is left out."
    exit 0
fi
mkdir -p "$(dirname "$library")"
rm -f "$library"
if ! "$compiler" -std=gnu11 -O3 -Wall -Wextra -fPIC -shared -fvisibility=hidden -o "$library.new" "$here/scan.c"; then
    rm -f "$library.new"
    echo "$compiler could not compile the kernel: the native engine is left out."
    exit 0
fi
mv "$library.new" "$library"
