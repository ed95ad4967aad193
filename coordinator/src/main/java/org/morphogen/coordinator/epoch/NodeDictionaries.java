package org.morphogen.coordinator.epoch;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.epoch.DictionaryCatchUp;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.ReadDictionaryRequest;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/**
 * Reads from a generation's nodes what blocks have added to its dictionaries: each has all of it, whatever chunks it
 * holds, so the first that answers will do.
 */
record NodeDictionaries(NodeCalls calls, ServedLine line, Manifest manifest) {
    /**
     * The dictionaries at an epoch of the window. Fails with UNAVAILABLE when no node answers for it.
     *
     * @param known those of any other epoch, so that only what is new is read
     */
    GrownDictionaries at(Epoch epoch, GrownDictionaries known) {
        Map<String, GrownDictionary> byTable = new HashMap<>();
        for (TableManifest table : manifest.tables()) {
            table.dictionary().ifPresent(entry -> {
                GrownDictionary from = known.of(table.name()).orElseGet(() -> GrownDictionary.of(entry));
                byTable.put(table.name(), read(table.name(), entry, epoch, from));
            });
        }
        return new GrownDictionaries(byTable);
    }

    private GrownDictionary read(String table, DictionaryEntry entry, Epoch epoch, GrownDictionary known) {
        Optional<MorphogenException> last = Optional.empty();
        Iterator<NodeLink> nodes = nodes().iterator();
        while (nodes.hasNext()) {
            NodeLink node = nodes.next();
            try {
                return DictionaryCatchUp.read(entry, known, first -> page(node, table, epoch, first));
            } catch (MorphogenException refused) {
                last = Optional.of(refused);
            } catch (IllegalArgumentException contradicting) {
                last = Optional.of(new MorphogenException(
                        FailureReason.INTERNAL,
                        "A node's dictionary of table " + table + " is wrong: " + contradicting.getMessage() + "."));
            }
        }
        throw new MorphogenException(
                FailureReason.UNAVAILABLE,
                "No node tells the dictionary of table " + table + " at epoch " + epoch.number() + ": "
                        + last.map(MorphogenException::explain).orElse("none can be called."));
    }

    private Stream<NodeLink> nodes() {
        return line.assignment()
                .replicas()
                .map(ReplicaRecord::nodeId)
                .distinct()
                .filter(calls::answers)
                .flatMap(node -> calls.link(node).stream());
    }

    private DictionaryPage page(NodeLink node, String table, Epoch epoch, int first) {
        ReadDictionaryRequest request = ReadDictionaryRequest.newBuilder()
                .setTerm(calls.term())
                .setDictionary(DictionaryRequest.newBuilder()
                        .setGeneration(line.generation())
                        .setEpoch(epoch.number())
                        .setEpochMark(ByteString.copyFrom(epoch.mark()))
                        .setTable(table)
                        .setFirst(first))
                .build();
        return DictionaryPage.read(ShardRows.joined(node.readDictionary(request, calls.deadline())));
    }
}
