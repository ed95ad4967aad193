package org.morphogen.coordinator.feed;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The storage slots that a block's system calls may write. They belong to no transaction, so no trace tells of them.
 * Where a chain lacks one of the contracts its slots are zero before and after.
 *
 * <table>
 *   <caption>What is written</caption>
 *   <tr><td>EIP-4788, beacon roots</td><td>timestamp % 8191: the timestamp; 8191 after that: the root</td></tr>
 *   <tr><td>EIP-2935, block hashes</td><td>(number - 1) % 8191: the parent's hash</td></tr>
 *   <tr><td>EIP-7002, EIP-7251, EIP-8282, queues of requests</td><td>0 to 3: excess, count, head, tail</td></tr>
 * </table>
 */
final class SystemSlots {
    private static final Address BEACON_ROOTS = address("000f3df6d732807ef1319fb7b8bb8522d0beac02");
    private static final Address BLOCK_HASHES = address("0000f90827f1c53a10cb7a02335b175320002935");
    /** Of withdrawals, consolidations, deposits of builders and exits of builders. */
    private static final List<Address> QUEUES = List.of(
            address("00000961ef480eb55e80d19ad83579a64c007002"),
            address("0000bbddc7ce488642fb579f8b00f3a590007251"),
            address("0000bff46984e3725691fa540a8c7589300d8282"),
            address("000064d678505ad48f8ccb093bc65613800e8282"));

    private static final int QUEUE_SLOTS = 4;
    /** Both rings of beacon roots, and that of block hashes. */
    private static final int RING = 8191;

    private SystemSlots() {}

    /**
     * Those of one block, each once.
     *
     * @param number the block's, at least 1: no system call is made for a genesis block
     * @param timestamp the block's, in seconds
     */
    static List<SlotKey> of(long number, long timestamp) {
        List<SlotKey> slots = new ArrayList<>();
        slots.add(slot(BEACON_ROOTS, timestamp % RING));
        slots.add(slot(BEACON_ROOTS, timestamp % RING + RING));
        slots.add(slot(BLOCK_HASHES, (number - 1) % RING));
        for (Address queue : QUEUES) {
            IntStream.range(0, QUEUE_SLOTS).forEach(n -> slots.add(slot(queue, n)));
        }
        return slots;
    }

    private static SlotKey slot(Address address, long number) {
        return new SlotKey(address, Words.of(number));
    }

    private static Address address(String digits) {
        return Address.of(HexFormat.of().parseHex(digits));
    }
}
