package org.morphogen.coordinator.epoch;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedLimits;
import org.morphogen.coordinator.feed.JsonRpcFeed;
import org.morphogen.coordinator.feed.RecordedFeed;

/**
 * Which chain a party follows. A class, not a record: an address may carry a password.
 */
public final class ChainSettings {
    private static final int MOST_EPOCHS = 512;

    private final Optional<String> blocks;
    private final int windowEpochs;

    /**
     * Fails with IllegalArgumentException naming the setting.
     *
     * @param blocks address of an Ethereum node, or path of a file of recorded blocks; empty to follow none
     * @param windowEpochs that can be asked for, head included; 2 to {@value #MOST_EPOCHS}
     */
    public ChainSettings(Optional<String> blocks, int windowEpochs) {
        if (windowEpochs < 2 || windowEpochs > MOST_EPOCHS) {
            throw new IllegalArgumentException("windowEpochs: 2 to " + MOST_EPOCHS);
        }
        this.blocks = blocks;
        this.windowEpochs = windowEpochs;
        blocks.filter(ChainSettings::isAddress).ifPresent(ChainSettings::address);
    }

    /** Follows no chain. */
    public static ChainSettings none() {
        return new ChainSettings(Optional.empty(), MOST_EPOCHS);
    }

    /** The feed; empty to follow none. */
    public Optional<BlockFeed> open() {
        return blocks.map(where -> isAddress(where)
                ? new JsonRpcFeed(address(where), FeedLimits.DEFAULT)
                : new RecordedFeed(Path.of(where)));
    }

    /** Epochs that can be asked for, head included. */
    public int windowEpochs() {
        return windowEpochs;
    }

    private static boolean isAddress(String where) {
        return where.startsWith("http://") || where.startsWith("https://");
    }

    private static URI address(String where) {
        try {
            return new URI(where);
        } catch (URISyntaxException wrong) {
            // Without its text, which may hold a password.
            throw new IllegalArgumentException("blocks: not an address such as http://127.0.0.1:8545");
        }
    }
}
