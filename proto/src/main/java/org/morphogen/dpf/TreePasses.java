package org.morphogen.dpf;

/**
 * The work on a level of the tree that AES does not do: feed-forward, corrections, control bits. Stateless.
 *
 * <p>Control bits are secret: they act as masks, and neither a branch nor an address depends on one.
 */
sealed interface TreePasses permits ScalarPasses, VectorPasses {
    /**
     * Makes the children of some nodes of one key. Slots behind the last child may lose their control masks, so children
     * are made in ascending order.
     *
     * @param correction of the parents' level
     * @param slot of the first parent
     * @param count of parents
     * @param lefts AES of the parents' seeds under the left key, from {@code hashAt} on
     * @param rights the same under the right key
     * @param childSlot where the first left child goes
     */
    void children(
            DpfKey.Correction correction,
            DpfNodes parents,
            int slot,
            int count,
            byte[] lefts,
            byte[] rights,
            int hashAt,
            DpfNodes children,
            int childSlot);

    /**
     * Turns hashed nodes of one key into leaves.
     *
     * @param hashes AES of the nodes' seeds under the value key, from {@code hashAt} on
     * @param out takes {@code count} leaves from {@code outAt} on; may be {@code hashes} if the places are the same
     */
    void leaves(
            Block valueCorrection,
            DpfNodes nodes,
            int slot,
            int count,
            byte[] hashes,
            int hashAt,
            byte[] out,
            int outAt);

    /**
     * The passes for this JVM: with vectors if they are wide enough, and if its boot layer has jdk.incubator.vector, which
     * clients need not have.
     */
    static TreePasses best() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && VectorPasses.pay()
                ? new VectorPasses()
                : new ScalarPasses();
    }
}
