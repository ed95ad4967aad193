package org.morphogen.client.lookup;

/**
 * What a lookup asks for. It is the secret that the whole system hides: {@code toString} of no key shows it, and neither
 * does any failure or log line of this library. Keys are immutable.
 */
public sealed interface LookupKey permits Address, StorageKey, PlainKey {
    /** The bytes by which the table knows the key; a fresh copy. Never log or send them. */
    byte[] secretBytes();
}
