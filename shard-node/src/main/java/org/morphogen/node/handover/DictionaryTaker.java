package org.morphogen.node.handover;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.morphogen.epoch.DictionaryCatchUp;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.ReadDictionaryRequest;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Limits;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/**
 * Takes over what blocks have added to dictionaries, of which every replica has all. Its calls block.
 *
 * @param donors the first that tells is believed: it is of this party
 */
public record DictionaryTaker(long generation, Donors donors, TlsSettings tls, Executor executor) {
    /**
     * The dictionaries as they were at an epoch. Fails with UNAVAILABLE when no donor is named, or as the last donor did.
     */
    public GrownDictionaries take(Manifest manifest, Epoch at) {
        Donors.Named asked = donors.named();
        MorphogenException last = new MorphogenException(
                FailureReason.UNAVAILABLE,
                "Another replica must tell this node the dictionaries, and the leader has named none.");
        for (var donor : asked.endpoints()) {
            ManagedChannel channel = Transport.channel(donor, tls, executor);
            try {
                return take(channel, asked.term(), manifest, at);
            } catch (StatusRuntimeException failed) {
                last = Failures.fromStatus("Replica " + donor, failed);
            } catch (IllegalArgumentException wrong) {
                last = new MorphogenException(
                        FailureReason.PARTY_MISBEHAVES,
                        "Replica " + donor + " told dictionaries that contradict themselves: " + wrong.getMessage()
                                + ".");
            } finally {
                channel.shutdownNow();
            }
        }
        throw last;
    }

    private GrownDictionaries take(ManagedChannel donor, long term, Manifest manifest, Epoch at) {
        Map<String, GrownDictionary> byTable = new HashMap<>();
        for (TableManifest table : manifest.tables()) {
            table.dictionary().ifPresent(entry -> byTable.put(table.name(), take(donor, term, table, entry, at)));
        }
        return new GrownDictionaries(byTable);
    }

    private GrownDictionary take(
            ManagedChannel donor, long term, TableManifest table, DictionaryEntry entry, Epoch at) {
        DictionaryRequest.Builder request = DictionaryRequest.newBuilder()
                .setGeneration(generation)
                .setEpoch(at.number())
                .setEpochMark(ByteString.copyFrom(at.mark()))
                .setTable(table.name());
        return DictionaryCatchUp.read(
                entry,
                GrownDictionary.of(entry),
                first -> DictionaryPage.read(NodeControlServiceGrpc.newBlockingStub(donor)
                        .withDeadlineAfter(Limits.UNARY_DEADLINE.toNanos(), TimeUnit.NANOSECONDS)
                        .readDictionary(ReadDictionaryRequest.newBuilder()
                                .setTerm(term)
                                .setDictionary(request.setFirst(first))
                                .build())));
    }
}
