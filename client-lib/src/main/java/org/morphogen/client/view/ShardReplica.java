package org.morphogen.client.view;

import org.morphogen.transport.Endpoint;

/**
 * A node that holds a shard, or is to hold it.
 *
 * @param endpoint of the node's query service
 * @param ready alive and holding all chunks of the shard
 */
public record ShardReplica(String nodeId, Endpoint endpoint, boolean ready) {}
