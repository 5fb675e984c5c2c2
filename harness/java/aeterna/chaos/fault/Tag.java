package aeterna.chaos.fault;

import java.util.random.RandomGenerator;

/** Names one act on a testbed, so that its traces are told from another act's. */
final class Tag {
    private Tag() {}

    /** Eight letters and digits; drawn from the run's seed, so that the same run names its acts alike. */
    static String draw(RandomGenerator chance) {
        return String.format("%08x", chance.nextInt());
    }
}
