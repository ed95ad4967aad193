package org.morphogen.node.chunk;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to read a chunk's rows until closed. Any thread may read; closing twice is harmless. */
public final class ChunkLease implements AutoCloseable {
    private final ChunkRows rows;
    private final int bank;
    private final Runnable letGo;
    private final AtomicBoolean closed = new AtomicBoolean();

    ChunkLease(ChunkRows rows, int bank, Runnable letGo) {
        this.rows = rows;
        this.bank = bank;
        this.letGo = letGo;
    }

    /** The chunk's rows. Not to be touched once the lease is closed. */
    public ChunkRows rows() {
        return rows;
    }

    /** The bank that the rows lie in. */
    public int bank() {
        return bank;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            letGo.run();
        }
    }
}
