package aeterna.chaos.cluster;

import java.time.Duration;

/**
 * What a node uses, everything on it included.
 *
 * @param throttled for how long its threads, added up, have been kept waiting by its limit
 * @param memoryBytes memory in use that could not simply be dropped
 * @param millicores its limit in thousandths of a processor; zero when it has none
 * @param freeBytes what the machine below still has
 */
public record NodeLoad(Duration throttled, long memoryBytes, int millicores, long freeBytes) {}
