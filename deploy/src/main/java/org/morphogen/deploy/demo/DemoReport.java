package org.morphogen.deploy.demo;

import java.util.List;
import java.util.Optional;
import org.morphogen.deploy.demo.DemoChain.LiveNode;

/**
 * What the demo found, as {@code --output json} prints it.
 *
 * @param accounts in the snapshot
 * @param stateRoot of the block
 * @param snapshotDigests of both parties; equal
 * @param processes of both parties
 * @param chain that both parties follow
 * @param lookups in the order asked
 * @param changed accounts at blocks that came later
 * @param sameShape whether both parties saw the same sizes, numbers and destinations for every lookup
 */
record DemoReport(
        long accounts,
        String stateRoot,
        List<String> snapshotDigests,
        List<ProcessLine> processes,
        ChainLine chain,
        List<LookupLine> lookups,
        boolean sameShape,
        List<ChangedAccount> changed) {

    /** One process of a party. */
    record ProcessLine(String name, long pid) {}

    /**
     * A chain.
     *
     * @param what it is, for people
     * @param why it is not a live node's, though it may have been; empty otherwise
     * @param node that makes its blocks, if one does
     */
    record ChainLine(String what, String why, Optional<LiveNode> node) {}

    /**
     * One lookup.
     *
     * @param balanceWei decimal; empty for an absent account
     * @param expected whether the answer is what the genesis allocation says
     * @param millis from the question to the answer
     * @param seen by the nodes of both parties
     */
    record LookupLine(
            String address,
            String who,
            Optional<String> balanceWei,
            Optional<String> nonce,
            long blockNumber,
            boolean expected,
            double millis,
            List<Sighting> seen) {}

    /**
     * An account at a block that was applied while lookups ran.
     *
     * @param balanceWei decimal; empty for an absent account
     * @param expected whether the answer is what the Ethereum node says
     */
    record ChangedAccount(String address, long blockNumber, Optional<String> balanceWei, boolean expected) {}

    /** Whether everything is as it should be. */
    boolean allWell() {
        return sameShape
                && !changed.isEmpty()
                && changed.stream().allMatch(ChangedAccount::expected)
                && lookups.stream().allMatch(LookupLine::expected)
                && snapshotDigests.stream().distinct().count() == 1;
    }
}
