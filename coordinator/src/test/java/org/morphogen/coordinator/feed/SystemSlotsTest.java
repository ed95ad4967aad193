package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SystemSlotsTest {
    static final String BEACON_ROOTS = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02";
    static final String BLOCK_HASHES = "0x0000f90827f1c53a10cb7a02335b175320002935";
    static final List<String> QUEUES = List.of(
            "0x00000961ef480eb55e80d19ad83579a64c007002",
            "0x0000bbddc7ce488642fb579f8b00f3a590007251",
            "0x0000bff46984e3725691fa540a8c7589300d8282",
            "0x000064d678505ad48f8ccb093bc65613800e8282");

    @Test
    void namesTheSlotsOfOneBlock() {
        assertThat(named(SystemSlots.of(8200, 1_700_000_012)))
                .containsExactly(
                        BEACON_ROOTS + " 0x1bc4",
                        BEACON_ROOTS + " 0x3bc3",
                        BLOCK_HASHES + " 0x8",
                        QUEUES.get(0) + " 0x0",
                        QUEUES.get(0) + " 0x1",
                        QUEUES.get(0) + " 0x2",
                        QUEUES.get(0) + " 0x3",
                        QUEUES.get(1) + " 0x0",
                        QUEUES.get(1) + " 0x1",
                        QUEUES.get(1) + " 0x2",
                        QUEUES.get(1) + " 0x3",
                        QUEUES.get(2) + " 0x0",
                        QUEUES.get(2) + " 0x1",
                        QUEUES.get(2) + " 0x2",
                        QUEUES.get(2) + " 0x3",
                        QUEUES.get(3) + " 0x0",
                        QUEUES.get(3) + " 0x1",
                        QUEUES.get(3) + " 0x2",
                        QUEUES.get(3) + " 0x3");
    }

    @Test
    void ringsBeginAgain() {
        assertThat(ringSlots(1, 1_700_001_095)).containsExactly("0x0", "0x1fff", "0x0");
        assertThat(ringSlots(8191, 1_700_001_094)).containsExactly("0x1ffe", "0x3ffd", "0x1ffe");
        assertThat(ringSlots(8192, 1_700_001_096)).containsExactly("0x1", "0x2000", "0x0");
    }

    @Test
    void noneStandsTwice() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            assertThat(SystemSlots.of(1 + random.nextLong(1L << 40), random.nextLong(1L << 40)))
                    .as("seed %d, round %d", seed, i)
                    .doesNotHaveDuplicates();
        }
    }

    /** The slots of both rings of beacon roots, and that of block hashes. */
    private static List<String> ringSlots(long number, long timestamp) {
        return SystemSlots.of(number, timestamp).stream()
                .limit(3)
                .map(slot -> Hex.ofWord(slot.slot()))
                .toList();
    }

    private static List<String> named(List<SlotKey> slots) {
        return slots.stream()
                .map(slot -> slot.address() + " " + Hex.ofWord(slot.slot()))
                .toList();
    }
}
