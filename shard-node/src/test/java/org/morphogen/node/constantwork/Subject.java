package org.morphogen.node.constantwork;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.EngineChoice;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.engine.HostEngine;
import org.morphogen.node.engine.ScanKernel;
import org.morphogen.node.engine.SelectionBits;

/** Work of a server for two queries that ask for different rows; 0 and 1 name them. */
record Subject(String name, Work work) {
    private static final int LEAVES = 64;
    private static final int LEAVES_BELOW = 16;
    private static final int ROWS = 384;
    private static final int ROW_BYTES = 32;

    /** Does it for one of the two. */
    @FunctionalInterface
    interface Work {
        void of(int query);
    }

    /** Whose way depends on a secret: to show that it would be seen. */
    static final String LEAKY = "a branch for each bit";

    static List<Subject> all() {
        List<Subject> subjects = new ArrayList<>();
        subjects.add(leaky());
        subjects.add(expansion());
        for (EngineChoice choice : EngineChoice.values()) {
            if (choice != EngineChoice.AUTO && choice.find(0) instanceof EngineFinding.Runs(HostEngine engine)) {
                for (int keys : choice == EngineChoice.SCALAR ? new int[] {1, 2} : new int[] {1, 8, 13}) {
                    subjects.add(scan(engine, keys));
                }
            }
        }
        return subjects;
    }

    private static Subject leaky() {
        SelectionBits[] bits = {selection(1, 1), selection(1, 2)};
        int[] sum = new int[1];
        return new Subject(LEAKY, query -> {
            for (byte eight : bits[query].bits()) {
                if ((eight & 1) != 0) {
                    sum[0] += 3;
                }
            }
        });
    }

    /** From a key to selection bits. */
    private static Subject expansion() {
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        DpfDomain domain = new DpfDomain((long) LEAVES * DpfDomain.ROWS_PER_LEAF);
        DpfKey[] keys = {
            generator.generate(domain, 3).of(0),
            generator.generate(domain, domain.rows() - 77).of(1)
        };
        DpfEvaluator evaluator = new DpfEvaluator();
        DpfNodes nodes = new DpfNodes();
        byte[] leaves = new byte[LEAVES_BELOW * DpfDomain.LEAF_BYTES];
        return new Subject("expansion", query -> {
            evaluator.expand(keys[query], 2, 0, 4, nodes);
            evaluator.leavesBelow(keys[query], nodes, 3, 1, leaves, 0);
        });
    }

    private static Subject scan(HostEngine engine, int keys) {
        SelectionBits[] bits = {selection(keys, 3), selection(keys, 4)};
        MemorySegment tiles = Arena.global().allocate((long) ROWS * ROW_BYTES, 64);
        byte[] rows = new byte[(int) tiles.byteSize()];
        new Random(5).nextBytes(rows);
        tiles.copyFrom(MemorySegment.ofArray(rows));
        ScanKernel kernel = engine.newKernel();
        return new Subject(engine.name() + ", keys: " + keys, query -> {
            kernel.begin(keys, ROW_BYTES);
            kernel.xorSelected(tiles, bits[query], 0);
        });
    }

    private static SelectionBits selection(int keys, long seed) {
        SelectionBits bits = new SelectionBits(keys, ROWS / Byte.SIZE);
        new Random(seed).nextBytes(bits.bits());
        return bits;
    }
}
