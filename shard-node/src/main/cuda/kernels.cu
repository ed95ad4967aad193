/* All kernels, as one module. */
#include "rates.cu"
#include "rows.cu"
#include "scan.cu"
