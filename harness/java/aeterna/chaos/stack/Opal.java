package aeterna.chaos.stack;

import aeterna.chaos.client.OpalEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.model.SteadyCheck;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The OPAL servers: each serves its own clients, and they tell one another of updates through the database. */
public final class Opal extends Replicas {
    /** Its id everywhere. */
    public static final String ID = "opal";

    static final List<String> IMAGES = List.of("opal");

    private final OpalEntrance entrance;

    /** @param name what its pods are labelled with as {@code app.kubernetes.io/name} */
    Opal(Cluster cluster, String namespace, String name, OpalEntrance entrance) {
        super(
                ID,
                "an OPAL server",
                new Selection(
                        cluster,
                        namespace,
                        Map.of("app.kubernetes.io/name", name, "app.kubernetes.io/instance", "aeterna")),
                entrance);
        this.entrance = entrance;
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna-opal-server");
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        var servers = profile.number("opal.replicas");
        return IntStream.range(0, servers)
                .mapToObj(from -> reaches(from, (from + 1) % servers))
                .toList();
    }

    /** What one server publishes reaches a client of another one; servers that are deaf to each other are Ready as well. */
    public SteadyCheck reaches(int from, int to) {
        return SteadyCheck.named("opal: what server " + from + " publishes reaches the clients of server " + to, () -> {
            var reply = entrance.across(from, to);
            return new SteadyCheck.Look(
                    reply.error().isEmpty(), reply.error().isEmpty() ? "an update came through" : reply.error());
        });
    }

    @Override
    public void forgetEarlierWrites() {
        entrance.forget();
    }
}
