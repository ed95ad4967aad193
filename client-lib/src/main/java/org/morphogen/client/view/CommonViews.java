package org.morphogen.client.view;

import io.grpc.Deadline;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.GetViewRequest;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * Follows both parties and tells what they agree on. Every change of either view is checked before it is used. Holds
 * the public files of one snapshot at a time. Thread-safe.
 */
public final class CommonViews implements AutoCloseable {
    private final List<Coordinators> parties;
    private final List<ViewFollower> followers;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile CommonView last;

    private CommonViews(List<Coordinators> parties, CommonView first) {
        this.parties = parties;
        this.last = first;
        this.followers = List.of(
                ViewFollower.start(parties.get(0), first.parties().get(0)),
                ViewFollower.start(parties.get(1), first.parties().get(1)));
    }

    /**
     * Reads both parties' views and the snapshot's public files, trying every coordinator until the deadline.
     *
     * @throws MorphogenException NOT_SERVING, PARTIES_DISAGREE, PARTY_LAGS, PARTY_MISBEHAVES, SNAPSHOT_INVALID, or
     *     UNAVAILABLE and its kin when no coordinator of a party answers
     */
    public static CommonViews connect(Coordinators party0, Coordinators party1, Deadline deadline) {
        List<Coordinators> parties = List.of(party0, party1);
        List<PartyView> views =
                parties.stream().map(party -> read(party, deadline)).toList();
        Agreement agreement = Agreement.of(views.get(0), views.get(1));
        Separation.require(parties, views);
        return new CommonViews(parties, new CommonView(views, agreement, fetch(parties, agreement, deadline)));
    }

    /**
     * What the parties agree on now. Costs nothing unless a view has changed since the last call; then the new views
     * are checked, and a new snapshot's public files are fetched before the deadline.
     *
     * @throws MorphogenException as {@link #connect} does
     */
    public CommonView current(Deadline deadline) {
        List<PartyView> newest =
                List.of(followers.get(0).current(), followers.get(1).current());
        return last.parties().equals(newest) ? last : moveOn(newest, deadline);
    }

    /** Stops following. */
    @Override
    public void close() {
        followers.forEach(ViewFollower::close);
    }

    private CommonView moveOn(List<PartyView> newest, Deadline deadline) {
        Agreement agreement = Agreement.of(newest.get(0), newest.get(1));
        Separation.require(parties, newest);
        lockBefore(deadline);
        try {
            if (!last.parties().equals(newest)) {
                boolean sameSnapshot =
                        last.snapshot().digest().equals(agreement.party0().digest());
                last = new CommonView(
                        newest, agreement, sameSnapshot ? last.snapshot() : fetch(parties, agreement, deadline));
            }
            return last;
        } finally {
            changing.unlock();
        }
    }

    private void lockBefore(Deadline deadline) {
        try {
            if (changing.tryLock(deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new MorphogenException(
                FailureReason.DEADLINE_PASSED, "The files of the newest generation did not come in time.");
    }

    private static PartyView read(Coordinators party, Deadline deadline) {
        PartyView view = party.askAny(
                deadline,
                (channel, tryUntil) -> ViewDecoder.decode(
                        party.party(),
                        ClusterViewServiceGrpc.newBlockingStub(channel)
                                .withDeadline(tryUntil)
                                .get(GetViewRequest.getDefaultInstance())));
        view.served();
        return view;
    }

    /** Either party may hand out the files, since the digest that both state proves them. */
    private static PublishedSnapshot fetch(List<Coordinators> parties, Agreement agreement, Deadline deadline) {
        SnapshotDigest digest = agreement.party0().digest();
        try {
            return PublishedSnapshot.fetch(parties.get(0), digest, Coordinators.halfOf(deadline));
        } catch (MorphogenException failed) {
            if (!Coordinators.passes(failed.reason())) {
                throw failed;
            }
            return PublishedSnapshot.fetch(parties.get(1), digest, deadline);
        }
    }
}
