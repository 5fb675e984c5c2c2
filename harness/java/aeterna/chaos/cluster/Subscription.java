package aeterna.chaos.cluster;

/** Something that is listened to; closing it ends that. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
