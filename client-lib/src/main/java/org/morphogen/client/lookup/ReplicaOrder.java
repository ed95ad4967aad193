package org.morphogen.client.lookup;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.morphogen.client.view.ShardReplica;

/** In which order the replicas of a shard are asked. It is not told what is looked up, and so cannot tell. */
@FunctionalInterface
public interface ReplicaOrder {
    /** At random, so that clients spread over the replicas. */
    ReplicaOrder RANDOM = ready -> {
        List<ShardReplica> order = new ArrayList<>(ready);
        Collections.shuffle(order, ThreadLocalRandom.current());
        return order;
    };

    /** The same replicas, the first to be asked first. */
    List<ShardReplica> order(List<ShardReplica> ready);
}
