#!/bin/sh
# Compiles the CUDA driver for the processor into OUT/libcuda.so.1, if there is a C++ compiler. Without one, or when it
# fails, the build goes on: the tests that need it are then skipped, and say so.
#
#   compile.sh OUT
#   CXX   the compiler; the first of c++, g++, clang++ if not set
set -u

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
kernels=$here/../../main/cuda
library=$1/libcuda.so.1

if [ "$(uname -s)" != Linux ]; then
    echo "The CUDA driver for the processor is for Linux: tests that need it are left out."
    exit 0
fi
if [ -f "$library" ]; then
    newer=$(find "$here" "$kernels" -newer "$library" 2>/dev/null | head -n 1)
    if [ -z "$newer" ]; then
        exit 0
    fi
fi
for compiler in "${CXX:-}" c++ g++ clang++; do
    if [ -n "$compiler" ] && command -v "$compiler" >/dev/null 2>&1; then
        break
    fi
    compiler=
done
if [ -z "$compiler" ]; then
    echo "No C++ compiler was found (CXX, c++, g++, clang++): tests of the CUDA engine are left out."
    exit 0
fi
# Every processor that runs the rest of the project counts bits in one instruction.
case $(uname -m) in x86_64) set -- "$1" -mpopcnt ;; esac
mkdir -p "$1"
rm -f "$library"
# The SONAME is what JCuda's binding asks for.
if ! "$compiler" -std=c++17 -O2 -g -Wall -Wextra -Wno-unknown-pragmas -fPIC -shared -pthread -Wl,-soname,libcuda.so.1 -I "$here" \
    -I "$kernels" -DMORPHOGEN_HOST -o "$library.new" ${2:+"$2"} "$here"/*.cpp -x c++ "$kernels/kernels.cu"; then
    rm -f "$library.new"
    echo "$compiler could not compile the CUDA driver for the processor: tests of the CUDA engine are left out."
    exit 0
fi
mv "$library.new" "$library"
