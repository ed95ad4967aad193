package org.morphogen.deploy.genesis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.morphogen.snapshot.BlockInfo;

/**
 * Blocks upon mainnet's genesis state, recorded from a real Ethereum node by {@code deploy/genesis/record.mjs}: transfers
 * between genesis accounts, and to new ones.
 */
public final class RecordedBlocks {
    /** The block before the first, whose state is that of mainnet's block 0. */
    public static final BlockInfo BASE = new BlockInfo(
            1, "0x8e2e255776a81a946798a820b25a8e21c7e87a883387c0e84af53062e780f531", MainnetGenesis.BLOCK.stateRoot());

    /** Number of the last block. */
    public static final long LAST = 25;

    private static final String RESOURCE = "blocks.jsonl";

    private RecordedBlocks() {}

    /** Writes them into a file that a coordinator's setting {@code blockFile} can name. */
    public static void write(Path file) throws IOException {
        try (InputStream in = open()) {
            Files.copy(in, file);
        }
    }

    /** A block a line. */
    public static InputStream open() throws IOException {
        InputStream in = RecordedBlocks.class.getResourceAsStream(RESOURCE);
        if (in == null) {
            throw new IOException("this program lacks its own file " + RESOURCE);
        }
        return in;
    }
}
