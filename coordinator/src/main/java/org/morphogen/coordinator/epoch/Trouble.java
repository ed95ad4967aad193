package org.morphogen.coordinator.epoch;

/**
 * What kind of trouble makes a generation's epochs stand still. Everybody may read it in the view, so it says nothing of
 * hosts, nodes, paths or of what another process answered.
 */
public enum Trouble {
    /** None. */
    NONE(""),
    /** The feed fails. */
    NO_BLOCKS("No blocks come from the Ethereum node."),
    /** The window, or the snapshot, is of another chain than the one that is followed. */
    OFF_CHAIN("The blocks that this party serves are not on the chain that it follows."),
    /** Rows, dictionaries or the snapshot cannot be read. */
    NO_DELTA("A block cannot be turned into a delta."),
    /** A table or a dictionary has no room. */
    TOO_FULL("A table is too full for the next block; a newer snapshot is needed."),
    /** Those of a shard, or one that a staged generation needs. */
    REFUSED("Nodes do not take the next block."),
    /** A staged generation waits for some. */
    NODES_BEHIND("Nodes are not at the newest block."),
    /** No node has the rows of a shard at the head. */
    ROWS_LOST("Rows of a shard are lost.");

    private final String sentence;

    Trouble(String sentence) {
        this.sentence = sentence;
    }

    /** For everybody; empty where there is none. */
    public String sentence() {
        return sentence;
    }
}
