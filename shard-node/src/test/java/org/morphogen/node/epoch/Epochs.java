package org.morphogen.node.epoch;

import java.util.List;
import java.util.SplittableRandom;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;

/** Epochs of no particular matrix, each of another block. */
final class Epochs {
    private final SplittableRandom random;

    Epochs(long seed) {
        random = new SplittableRandom(seed);
    }

    KnownEpoch root() {
        return KnownEpoch.root(new Epoch(0, hash(), block(0)), GrownDictionaries.NONE);
    }

    KnownEpoch next(KnownEpoch parent, List<DeltaPiece> pieces) {
        return parent.next(delta(parent.epoch(), pieces));
    }

    Delta delta(Epoch parent, List<DeltaPiece> pieces) {
        DeltaHeader header = new DeltaHeader(
                parent.digest(),
                parent.number() + 1,
                block(parent.number() + 1),
                hash(),
                List.of(),
                pieces.stream().map(DeltaPiece::digest).toList());
        return Delta.of(header, pieces);
    }

    private BlockInfo block(long number) {
        return new BlockInfo(number, hash().toString(), hash().toString());
    }

    private Bytes32 hash() {
        byte[] hash = new byte[Bytes32.LENGTH];
        random.nextBytes(hash);
        return Bytes32.of(hash);
    }
}
