package aeterna.chaos.cluster;

import aeterna.chaos.model.Place;

/**
 * An act on traffic as one place's kernel has it.
 *
 * @param at the place
 * @param tag what names the act
 * @param rules how many rules it has there
 * @param packets how many packets they have caught
 * @param shaped true when a queue of ours is on the place's cable
 */
public record TrafficCount(Place at, String tag, int rules, long packets, boolean shaped) {}
