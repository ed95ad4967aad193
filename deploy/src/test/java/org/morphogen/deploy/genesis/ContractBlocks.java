package org.morphogen.deploy.genesis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.morphogen.snapshot.BlockInfo;

/**
 * Twelve blocks upon mainnet's genesis state, recorded from anvil 1.7.1: 199 transactions, transfers to old and new
 * accounts, a contract's creation and writes to its storage.
 */
public final class ContractBlocks {
    /** The block before the first. */
    public static final BlockInfo BASE = new BlockInfo(
            1, "0x9a2151e8571bd1d352f097ca3680bfdcf99aaa4c15a9cb8e86528c52016d1a0d", MainnetGenesis.BLOCK.stateRoot());

    /** Number of the last block. */
    public static final long LAST = 13;

    /** Accounts after the last block. */
    public static final int ACCOUNTS = 8_932;

    private static final String RESOURCE = "contract-blocks.jsonl.gz";

    private ContractBlocks() {}

    /** Writes them into a file that a coordinator's setting {@code blockFile} can name. */
    public static Path write(Path file) throws IOException {
        try (InputStream packed = Objects.requireNonNull(ContractBlocks.class.getResourceAsStream(RESOURCE), RESOURCE);
                InputStream in = new GZIPInputStream(packed)) {
            Files.copy(in, file);
            return file;
        }
    }
}
