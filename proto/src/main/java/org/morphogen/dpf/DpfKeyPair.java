package org.morphogen.dpf;

/** The two halves of one question. Secret as a whole; each half alone tells nothing. Immutable. */
public final class DpfKeyPair {
    private final DpfKey party0;
    private final DpfKey party1;

    DpfKeyPair(DpfKey party0, DpfKey party1) {
        this.party0 = party0;
        this.party1 = party1;
    }

    /** The half for party 0. */
    public DpfKey party0() {
        return party0;
    }

    /** The half for party 1. */
    public DpfKey party1() {
        return party1;
    }

    /**
     * The half for a party.
     *
     * @param party 0 or 1
     */
    public DpfKey of(int party) {
        return switch (party) {
            case 0 -> party0;
            case 1 -> party1;
            default -> throw new IllegalArgumentException("party: must be 0 or 1, is " + party);
        };
    }
}
