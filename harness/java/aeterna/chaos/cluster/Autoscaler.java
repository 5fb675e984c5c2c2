package aeterna.chaos.cluster;

/**
 * What a HorizontalPodAutoscaler does at present.
 *
 * @param name its name
 * @param current how many pods it last found
 * @param desired how many it last wanted
 * @param scaling true while it has metrics to scale by
 * @param reason why it has none, or in which way they are sound, such as {@code FailedGetResourceMetric}; empty before its first look
 */
public record Autoscaler(String name, int current, int desired, boolean scaling, String reason) {}
