package org.morphogen.deploy.demo;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.morphogen.snapshot.BlockInfo;

/** The chain upon the genesis state that both parties follow. Thread-safe. */
interface DemoChain extends AutoCloseable {
    /** The block whose state is the genesis state. */
    BlockInfo base();

    /** The last block that there will be. */
    long last();

    /** What coordinators need to follow it: a line of their settings. */
    String setting();

    /** What it is, for people. */
    String description();

    /** The live node that makes its blocks, if one does. */
    Optional<LiveNode> node();

    /**
     * A live Ethereum node.
     *
     * @param url where it answers JSON-RPC
     * @param pid its process
     */
    record LiveNode(String url, long pid) {}

    /** Has its blocks made, one after another, if they are not there. */
    void begin();

    /** An account that changes again and again. */
    String watched();

    /** Accounts that have changed by the middle, and again by the last block. */
    List<String> changed();

    /** What the Ethereum node says that an account has after a block, in wei; empty for one that is not there. */
    Optional<BigInteger> balance(String address, long block);

    /** Fails with UNAVAILABLE if no more blocks come, though there should. */
    void requireHealthy();

    @Override
    void close();
}
