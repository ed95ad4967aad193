package org.morphogen.node.cuda;

/** A call of the CUDA driver that failed. Its text has the call and CUDA's own name and number of the failure. */
public final class CudaFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int OUT_OF_MEMORY = 2;

    private final int result;

    /**
     * @param result CUDA's number of the failure
     * @param name CUDA's name of it
     * @param call which function failed
     * @param detail what else is known, or an empty text
     */
    CudaFailure(int result, String name, String call, String detail) {
        super(call + ": " + name + " (" + result + ")" + (detail.isEmpty() ? "" : ": " + detail));
        this.result = result;
    }

    /** CUDA's number of the failure (CUresult). */
    public int result() {
        return result;
    }

    /** Whether there was too little memory, of the device or pinned; nothing else has changed. */
    public boolean isOutOfMemory() {
        return result == OUT_OF_MEMORY;
    }

    /**
     * Whether the GPU is of no more use to this process: every further call fails, and what is in its memory is lost.
     * A number that we do not know counts as that.
     */
    public boolean isFatal() {
        return switch (result) {
            // What a call was given, or what it wanted, was not to be had: INVALID_VALUE, OUT_OF_MEMORY,
            // INVALID_DEVICE,
            // INVALID_IMAGE, NO_BINARY_FOR_GPU, the two UNSUPPORTED_ and INVALID_ of PTX, the JIT compiler's,
            // INVALID_SOURCE, FILE_NOT_FOUND, INVALID_HANDLE, ILLEGAL_STATE, NOT_FOUND, NOT_READY,
            // LAUNCH_OUT_OF_RESOURCES, the two of registered host memory, NOT_PERMITTED, NOT_SUPPORTED.
            case 1,
                    OUT_OF_MEMORY,
                    101,
                    200,
                    209,
                    218,
                    221,
                    222,
                    223,
                    300,
                    301,
                    400,
                    401,
                    500,
                    600,
                    701,
                    712,
                    713,
                    800,
                    801 -> false;
            default -> true;
        };
    }
}
