/* All kernels, as one module. */
#include "rows.cu"
#include "scan.cu"
