package org.morphogen.coordinator.building.input;

import java.nio.file.Path;

/**
 * A table's input after the first pass.
 *
 * @param spillFile the entries, in the order of the input
 * @param keys how many, duplicates not yet told apart
 * @param sha256 of the input, unpacked
 * @param codes the code hashes that account-32 rows point to
 */
public record ReadTable(Path spillFile, long keys, String sha256, CodeHashes codes) {}
