package aeterna.chaos.cluster;

import java.time.Duration;

/**
 * What a testbed has used of this machine.
 *
 * @param cpu CPU time of all its machines together since they were made
 * @param memoryBytes memory in use now, without page cache that can be dropped at once
 */
public record Usage(Duration cpu, long memoryBytes) {}
