package org.morphogen.node.cuda;

/**
 * What a GPU is and has.
 *
 * @param index its number, from 0, as {@link CudaDriver#open} takes it; the driver's order
 * @param name as its maker calls it
 * @param computeMajor of its compute capability, e.g. 9 of 9.0
 * @param computeMinor of its compute capability, e.g. 0 of 9.0
 * @param multiprocessors how many it has
 * @param sharedBytesPerBlock the most shared memory that a block can have when its kernel asks for it
 * @param sharedBytesPerMultiprocessor shared memory of a multiprocessor, for all blocks on it
 * @param totalBytes of its memory
 * @param freeBytes of its memory, when it was asked
 */
public record GpuFacts(
        int index,
        String name,
        int computeMajor,
        int computeMinor,
        int multiprocessors,
        int sharedBytesPerBlock,
        int sharedBytesPerMultiprocessor,
        long totalBytes,
        long freeBytes) {}
