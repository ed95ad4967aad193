package org.morphogen.client.lookup;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfKeyPair;

/**
 * The DPF keys of up to a message's worth of lookups: for each lookup one pair a way, made once. Whoever asks again
 * sends the same bytes. Secret and immutable.
 */
final class KeyBatch {
    /** By party, way, lookup. */
    private final List<List<List<ByteString>>> encoded;

    private final long[] tags;

    private KeyBatch(List<List<List<ByteString>>> encoded, long[] tags) {
        this.encoded = encoded;
        this.tags = tags;
    }

    /** Fresh keys for these targets, whose lengths fit the table. */
    static KeyBatch generate(TablePlan plan, List<LookupKey> targets, DpfKeyGenerator generator) {
        List<List<ByteString>> party0 = new ArrayList<>();
        List<List<ByteString>> party1 = new ArrayList<>();
        DpfDomain domain = plan.domain();
        for (int way = 0; way < plan.addressing().ways(); way++) {
            List<ByteString> forParty0 = new ArrayList<>(targets.size());
            List<ByteString> forParty1 = new ArrayList<>(targets.size());
            for (LookupKey target : targets) {
                DpfKeyPair pair = generator.generate(domain, plan.addressing().row(way, target.secretBytes()));
                forParty0.add(ByteString.copyFrom(DpfKeyCodec.encode(pair.party0())));
                forParty1.add(ByteString.copyFrom(DpfKeyCodec.encode(pair.party1())));
            }
            party0.add(List.copyOf(forParty0));
            party1.add(List.copyOf(forParty1));
        }
        long[] tags = targets.stream()
                .mapToLong(target -> plan.addressing().tag(target.secretBytes()))
                .toArray();
        return new KeyBatch(List.of(party0, party1), tags);
    }

    /** Number of lookups. */
    int size() {
        return tags.length;
    }

    /** The encoded keys for a party and way, one for each lookup. */
    List<ByteString> keys(int party, int way) {
        return encoded.get(party).get(way);
    }

    /** The tag of the row that the lookup looks for. */
    long tag(int lookup) {
        return tags[lookup];
    }
}
