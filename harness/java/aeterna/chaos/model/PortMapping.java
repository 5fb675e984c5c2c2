package aeterna.chaos.model;

/**
 * A port of the control-plane node published on the machine that runs the harness.
 *
 * @param hostPort the port on 127.0.0.1, 1 to 65535
 * @param containerPort the node's port, 1 to 65535
 */
public record PortMapping(int hostPort, int containerPort) {}
