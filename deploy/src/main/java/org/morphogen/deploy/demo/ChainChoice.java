package org.morphogen.deploy.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.morphogen.deploy.ethereum.AnvilInstall;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/** Takes the chain that the demo follows. One thread opens; any may close. */
final class ChainChoice implements AutoCloseable {
    private static final Duration INSTALL_TIME = Duration.ofSeconds(20);

    private final Wish wish;
    private final Optional<Path> anvil;
    private final AnvilInstall install;

    /** What the user wants. */
    enum Wish {
        /** A live node where there can be one, else recorded blocks. */
        AUTO,
        /** A live node, or nothing. */
        LIVE,
        /** Recorded blocks. */
        RECORDED;

        /** As the command line has it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The chain taken.
     *
     * @param why it is not a live one, though it may have been; empty otherwise
     */
    record Chosen(DemoChain chain, String why) {}

    /** @param anvil a program to use rather than install one with npm */
    ChainChoice(Wish wish, Optional<Path> anvil, AnvilInstall install) {
        this.wish = wish;
        this.anvil = anvil;
        this.install = install;
    }

    /**
     * Takes it: in some seconds, whatever the network does. Fails with UNAVAILABLE when a live one is wanted and cannot be
     * had.
     *
     * @param folder for what it writes
     * @param listen where a live node shall listen, on loopback
     */
    Chosen open(Path folder, Supplier<Endpoint> listen) {
        if (wish == Wish.RECORDED) {
            return new Chosen(new RecordedChain(folder), "");
        }
        try {
            Path program = anvil.orElseGet(() -> install.install(folder.resolve("npm"), INSTALL_TIME));
            return new Chosen(new LiveChain(program, folder.resolve("ethereum"), listen.get()), "");
        } catch (MorphogenException none) {
            if (wish == Wish.LIVE) {
                throw none;
            }
            return new Chosen(new RecordedChain(folder), String.valueOf(none.getMessage()));
        }
    }

    /** Stops what {@link #open} waits for. */
    @Override
    public void close() {
        install.close();
    }
}
