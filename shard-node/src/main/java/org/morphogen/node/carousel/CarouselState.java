package org.morphogen.node.carousel;

/**
 * What the carousel is doing and has done. Counts alone: nothing tells what anybody asked for.
 *
 * @param riders queries aboard
 * @param keys of all queries aboard
 * @param segmentsScanned since the start, each once however many shared it
 * @param bytesScanned of those segments
 * @param arrived queries whose turn was done
 * @param cancelled queries that nobody waited for any more
 * @param expired queries whose deadline passed
 * @param failed queries that a defect or the stop of the node ended
 * @param lastTurnNanos from boarding to arrival of the query that arrived last; 0 before the first
 */
public record CarouselState(
        int riders,
        int keys,
        long segmentsScanned,
        long bytesScanned,
        long arrived,
        long cancelled,
        long expired,
        long failed,
        long lastTurnNanos) {}
