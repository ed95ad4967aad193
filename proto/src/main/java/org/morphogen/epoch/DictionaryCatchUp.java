package org.morphogen.epoch;

import org.morphogen.snapshot.DictionaryEntry;

/**
 * Brings a dictionary to another epoch from what somebody else has of it, page by page. What comes is believed only if
 * it has the digest that was told with it; whoever does not trust the teller compares that digest with another's.
 */
public final class DictionaryCatchUp {
    private DictionaryCatchUp() {}

    /** Gives the page of one table at one epoch from an id on. */
    @FunctionalInterface
    public interface Pages {
        /** Asks for a page; may block. Whatever it throws ends the catching up. */
        DictionaryPage from(int first);
    }

    /**
     * The dictionary at the epoch that {@code pages} are of. Fails with IllegalArgumentException when the pages
     * contradict themselves or are not of this snapshot.
     *
     * @param known at any epoch, perhaps one that a reorganisation has undone: what has been added is read from the
     *     beginning then
     */
    public static GrownDictionary read(DictionaryEntry snapshot, GrownDictionary known, Pages pages) {
        DictionaryPage first = pages.from(known.entries());
        if (first.entries() >= known.entries()) {
            GrownDictionary grown = add(known, first, pages);
            if (grown.digest().equals(first.digest())) {
                return grown;
            }
        }
        GrownDictionary start = GrownDictionary.of(snapshot);
        DictionaryPage again = pages.from(start.entries());
        GrownDictionary grown = add(start, again, pages);
        if (!grown.digest().equals(again.digest())) {
            throw new IllegalArgumentException("code_hashes: do not have the digest that was told with them");
        }
        return grown;
    }

    private static GrownDictionary add(GrownDictionary from, DictionaryPage first, Pages pages) {
        if (first.entries() < from.entries() || first.entries() - from.snapshotEntries() > GrownDictionary.MOST_ADDED) {
            throw new IllegalArgumentException(
                    "entries: " + first.entries() + " cannot be, with " + from.snapshotEntries() + " in the snapshot");
        }
        GrownDictionary grown = from;
        DictionaryPage page = first;
        while (true) {
            if (page.entries() - grown.entries() < page.codeHashes().size()) {
                throw new IllegalArgumentException("code_hashes: more than there are entries");
            }
            grown = grown.plus(page.codeHashes());
            if (grown.entries() == first.entries()) {
                return grown;
            }
            page = pages.from(grown.entries());
            if (page.codeHashes().isEmpty() || page.entries() != first.entries()) {
                throw new IllegalArgumentException("code_hashes: end before the last entry");
            }
        }
    }
}
