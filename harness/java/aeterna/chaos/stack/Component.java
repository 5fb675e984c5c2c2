package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.SteadyCheck;
import java.util.List;
import java.util.Map;

/**
 * One part of the stack: what it is made of, what steady means, who leads and how to reach it. Its manifests are in the
 * folder {@code stack/<id>/}. Thread-safe.
 */
public interface Component {
    /** Its id everywhere, such as {@code postgres}. */
    String id();

    /** The images its pods run, by their names under {@code images/}; the first one's flavour is the component's. */
    List<String> images();

    /** The Deployments and StatefulSets that must be rolled out. */
    List<String> workloads();

    /** The ways in that must be open, and that workloads may take. */
    List<Entrance> entrances();

    /** What must hold beyond pods that are Ready, configured by that profile; each look takes well under a second. */
    default List<SteadyCheck> steady(Profile profile) {
        return List.of();
    }

    /** What each of its pods is at this moment, such as primary or replica, by the pod's name; those of no special role are left out. */
    default Map<String, String> roles() {
        return Map.of();
    }

    /** Carries out what applying manifests cannot, once the pods are Ready; idempotent. */
    default void settle(Profile profile) {}

    /** What cannot be as it should, as the running component shows; a question of well under a second. */
    default List<Flaw> flaws() {
        return List.of();
    }

    /** What only it can tell of a finished run. */
    default List<Evidence> evidence() {
        return List.of();
    }

    /** Forgets what clients of earlier runs wrote: data that grows from run to run makes every read-back slower. */
    default void forgetEarlierWrites() {}
}
