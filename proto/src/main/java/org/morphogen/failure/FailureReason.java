package org.morphogen.failure;

import io.grpc.Status;
import java.util.Optional;

/**
 * The one vocabulary of what can go wrong between two machines. Each reason has the gRPC status that carries it and a
 * sentence that tells the reader what to do. {@link Failures} maps reasons to and from gRPC.
 */
public enum FailureReason {
    /** A DPF key that does not parse: unknown version, wrong length, impossible field. */
    KEY_MALFORMED(Status.Code.INVALID_ARGUMENT, "Send DPF keys as docs/protocol.md encodes them."),
    /** A DPF key made for the other party. */
    KEY_OF_OTHER_PARTY(Status.Code.INVALID_ARGUMENT, "Send each party the keys that were made for it."),
    /** A DPF key whose tree depth is not that of the table. */
    KEY_DEPTH_WRONG(Status.Code.INVALID_ARGUMENT, "Make keys for the rows per way that the manifest states."),
    /** A request that breaks the protocol in some other way; the message names the field. */
    REQUEST_INVALID(Status.Code.INVALID_ARGUMENT, "Correct the field named in the message."),
    /** More keys, ranges or bytes in one request than the receiver takes. */
    REQUEST_TOO_LARGE(Status.Code.INVALID_ARGUMENT, "Split the batch; the facts tell the limit."),
    /** A table that the generation does not have. */
    TABLE_UNKNOWN(Status.Code.NOT_FOUND, "Ask for a table that the manifest lists."),
    /** A way outside the table's ways. */
    WAY_UNKNOWN(Status.Code.NOT_FOUND, "Ask for a way that the manifest lists."),
    /** A chunk that this node does not hold, or not yet. */
    CHUNK_NOT_HELD(Status.Code.FAILED_PRECONDITION, "Read the cluster view again and ask a ready replica."),
    /** A generation that the receiver does not serve. */
    GENERATION_UNKNOWN(Status.Code.FAILED_PRECONDITION, "Read the cluster view again; the facts tell what is served."),
    /** An epoch outside the window of those that can be answered. */
    EPOCH_OUTSIDE_WINDOW(Status.Code.OUT_OF_RANGE, "Ask for an epoch of the window that the facts tell."),
    /** An epoch whose block has been replaced by another. */
    EPOCH_REPLACED(Status.Code.FAILED_PRECONDITION, "Read the cluster view again and ask for an epoch that it lists."),
    /** A delta or a step back that does not fit the epoch that the receiver is at. */
    EPOCH_MISMATCH(Status.Code.FAILED_PRECONDITION, "Go on from the receiver's head, which the facts tell."),
    /** The receiver has as much work as it takes. */
    BUSY(Status.Code.RESOURCE_EXHAUSTED, "Wait and ask again, or ask another replica."),
    /** The deadline passed before the answer was ready. */
    DEADLINE_PASSED(Status.Code.DEADLINE_EXCEEDED, "Ask with a longer deadline, or when the party is less loaded."),
    /** Who asked took the query back. */
    QUERY_CANCELLED(Status.Code.CANCELLED, "Ask again if the answer is wanted after all."),
    /** No replica of some shard, or no coordinator, could be reached. */
    UNAVAILABLE(Status.Code.UNAVAILABLE, "Check that the party's processes run and can be reached; then ask again."),
    /** The receiver has nothing to serve yet, or its engine has failed. */
    NOT_SERVING(
            Status.Code.UNAVAILABLE,
            "Ask another replica, or wait until a generation is published; the operator publishes one, or starts a node "
                    + "anew whose engine has failed."),
    /** The two parties serve different generations, snapshots or blocks. */
    PARTIES_DISAGREE(
            Status.Code.FAILED_PRECONDITION,
            "Ask again in a minute, since a reorganisation that only one has followed passes; if it lasts, trust neither"
                    + " and tell both operators, who must publish the same snapshot."),
    /** One party is so far behind that the other no longer answers for any block that it has. */
    PARTY_LAGS(
            Status.Code.UNAVAILABLE,
            "Ask again in a while; if it lasts, tell the operator of the party that the facts name."),
    /** A party's answer or view contradicts what it published or what the protocol allows. */
    PARTY_MISBEHAVES(Status.Code.DATA_LOSS, "Do not trust this party's answers; tell its operator."),
    /** A control call from a leader whose term is over. */
    STALE_TERM(Status.Code.FAILED_PRECONDITION, "Stop: another coordinator leads now; the facts tell its term."),
    /** A change asked of a coordinator that does not lead. */
    NOT_LEADER(Status.Code.FAILED_PRECONDITION, "Ask the leader; the facts tell its endpoint if there is one."),
    /** A call from somebody who may not make it. */
    NOT_ALLOWED(Status.Code.PERMISSION_DENIED, "Call with a client certificate of this party."),
    /** A snapshot that is not there. */
    SNAPSHOT_UNKNOWN(Status.Code.NOT_FOUND, "Put the snapshot into the coordinator's snapshot directory."),
    /** A snapshot, manifest or chunk that fails its checks; the message names the file or field. */
    SNAPSHOT_INVALID(Status.Code.DATA_LOSS, "Build or copy the snapshot again, then run 'morphogen snapshot verify'."),
    /** Nodes do not have the room or the number that a placement needs. */
    CAPACITY_LACKING(Status.Code.FAILED_PRECONDITION, "Add nodes or memory, or lower the number of replicas."),
    /** Another change of the same kind is under way. */
    CHANGE_IN_PROGRESS(Status.Code.FAILED_PRECONDITION, "Wait until the change under way has ended."),
    /** Reading or writing this machine's disk failed. */
    STORAGE_FAILED(Status.Code.INTERNAL, "Check the disk named in the message: space, permissions, health."),
    /** Configuration or command line that cannot be used. */
    SETTINGS_INVALID(Status.Code.INVALID_ARGUMENT, "Correct the settings named in the message."),
    /** A defect of the program. */
    INTERNAL(Status.Code.INTERNAL, "Report this with the log of the process that said it.");

    private final Status.Code code;
    private final String advice;

    FailureReason(Status.Code code, String advice) {
        this.code = code;
        this.advice = advice;
    }

    /** The gRPC status code that carries this reason. */
    public Status.Code code() {
        return code;
    }

    /** What the reader should do, one sentence. */
    public String advice() {
        return advice;
    }

    /** The reason of that name, or empty for a name that this version does not know. */
    public static Optional<FailureReason> named(String name) {
        for (FailureReason reason : values()) {
            if (reason.name().equals(name)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
