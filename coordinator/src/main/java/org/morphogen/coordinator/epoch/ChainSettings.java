package org.morphogen.coordinator.epoch;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedLimits;
import org.morphogen.coordinator.feed.JsonRpcFeed;
import org.morphogen.coordinator.feed.RecordedFeed;

/** Which chain a party follows. A class, not a record: an address may carry a password. Immutable. */
public final class ChainSettings {
    private static final int MOST_EPOCHS = 512;

    private final Optional<URI> node;
    private final Optional<Path> file;
    private final int windowEpochs;

    /**
     * Fails with IllegalArgumentException naming the setting.
     *
     * @param node address of an Ethereum node
     * @param file of recorded blocks; not together with {@code node}; neither to follow no chain
     * @param windowEpochs that can be asked for, head included; 2 to {@value #MOST_EPOCHS}
     */
    public ChainSettings(Optional<String> node, Optional<Path> file, int windowEpochs) {
        if (windowEpochs < 2 || windowEpochs > MOST_EPOCHS) {
            throw new IllegalArgumentException("windowEpochs: 2 to " + MOST_EPOCHS);
        }
        if (node.isPresent() && file.isPresent()) {
            throw new IllegalArgumentException("blockFile: not together with ethereumNode");
        }
        this.node = node.map(ChainSettings::address);
        this.file = file;
        this.windowEpochs = windowEpochs;
    }

    /** Follows no chain. */
    public static ChainSettings none() {
        return new ChainSettings(Optional.empty(), Optional.empty(), MOST_EPOCHS);
    }

    /** Whether there is a chain to follow. */
    public boolean isFollowed() {
        return node.isPresent() || file.isPresent();
    }

    /** The feed; empty to follow none. */
    public Optional<BlockFeed> open() {
        return node.<BlockFeed>map(address -> new JsonRpcFeed(address, FeedLimits.DEFAULT))
                .or(() -> file.map(RecordedFeed::new));
    }

    /** Epochs that can be asked for, head included. */
    public int windowEpochs() {
        return windowEpochs;
    }

    private static URI address(String text) {
        try {
            URI address = new URI(text);
            boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (web && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException wrong) {
            // Told below, without its text, which may hold a password.
        }
        throw new IllegalArgumentException("ethereumNode: not an address such as http://127.0.0.1:8545");
    }
}
