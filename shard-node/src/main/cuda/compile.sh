#!/bin/sh
# Compiles the kernels to PTX, which is kept with the sources so that a build needs no CUDA. To be run after every change
# of them, with nvcc of CUDA 13.0; a test says so when it was forgotten.
#
#   compile.sh [OUT]   OUT: where the PTX goes, if not to its place among the resources
#   NVCC               the compiler, nvcc if not set
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=${1:-$here/../resources/org/morphogen/node/cuda/kernels.ptx}

# For every GPU from compute capability 8.0 on; the driver compiles it for the one that it finds.
mkdir -p "$(dirname "$out")"
"${NVCC:-nvcc}" -ptx -arch=compute_80 -std=c++17 -O3 "$here/kernels.cu" -o "$out.new"
sources=$(cat "$here"/*.cu "$here"/*.cuh | sha256sum | cut -d ' ' -f 1)
{
    echo "// Compiled by compile.sh from sources with SHA-256 $sources"
    cat "$out.new"
} >"$out"
rm "$out.new"
