package aeterna.chaos.cluster;

import aeterna.chaos.model.NodeTimers;
import aeterna.chaos.model.Topology;

/**
 * What a testbed shall be.
 *
 * @param name unique on this machine: lower-case letters, digits and dashes
 * @param topology its zones and nodes
 * @param timers how fast lost nodes are noticed
 */
public record TestbedRequest(String name, Topology topology, NodeTimers timers) {}
