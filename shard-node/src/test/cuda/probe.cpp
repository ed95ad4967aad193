// Kernels that show what the driver does with kernels. They have nothing to do with what a node runs.
#include <cstring>

#include "driver.h"

namespace {

// As CudaDriverTest lays it out.
struct Xor {
    uint64_t words;
    uint64_t count;
    uint64_t constant;
};

const char *xor_words(const void *parameters) {
    Xor p;
    memcpy(&p, parameters, sizeof p);
    for (uint64_t i = 0; i < p.count; i++) {
        reinterpret_cast<uint64_t *>(p.words)[i] ^= p.constant;
    }
    return nullptr;
}

const char *fail(const void *) {
    return "the probe fails as it was told to";
}

const host_gpu::Probe probes[] = {
    {"probe_xor", sizeof(Xor), xor_words},
    {"probe_fail", 8, fail},
};

}  // namespace

const host_gpu::Probe *host_gpu::find_probe(const char *name) {
    for (const Probe &probe : probes) {
        if (strcmp(probe.name, name) == 0) {
            return &probe;
        }
    }
    return nullptr;
}
