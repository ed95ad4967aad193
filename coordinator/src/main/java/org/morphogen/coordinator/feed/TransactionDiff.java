package org.morphogen.coordinator.feed;

import java.util.Map;

/**
 * What a transaction changed, as prestateTracer tells it in diffMode.
 *
 * @param pre the accounts that it changed, each whole (but of storage only what changed) as it was before; those it
 *     created may be missing
 * @param post the same accounts after it, with changed fields alone; those it deleted are missing
 */
record TransactionDiff(Map<Address, AccountPart> pre, Map<Address, AccountPart> post) {
    TransactionDiff {
        pre = Map.copyOf(pre);
        post = Map.copyOf(post);
    }
}
