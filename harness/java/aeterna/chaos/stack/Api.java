package aeterna.chaos.stack;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.HttpEntrance;
import aeterna.chaos.client.MemoryEntrance;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.cluster.Rollout;
import aeterna.chaos.model.Observer;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.stack.Knocking.Knock;
import aeterna.chaos.time.Timekeeper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The Aeterna API. Its entrance is the gateway, where users come in. */
public final class Api extends Replicas {
    /** Its id everywhere. */
    public static final String ID = "api";

    static final List<String> IMAGES = List.of("api");

    /** The Deployment and its autoscaler. */
    private static final String NAME = "aeterna";

    private static final int PORT = 8080;

    /** Tries to connect to each address and prints those that let it; who refuses or is silent for a second does not. */
    private static final String KNOCK = "for address in \"$@\"; do if timeout 1 bash -c ': < /dev/tcp/$0/" + PORT
            + "' \"$address\"; then echo \"$address\"; fi;" + " done 2> /dev/null; true";

    private final Cluster cluster;
    private final String namespace;
    private final Selection pods;
    private final Selection strangers;
    private final MemoryEntrance memories;
    private final boolean remembers;

    /** @param remembers false for a server that keeps no memories: then that is no way in */
    Api(Cluster cluster, String namespace, boolean remembers, int port) {
        this(
                cluster,
                namespace,
                remembers,
                port,
                new Selection(
                        cluster,
                        namespace,
                        Map.of("app.kubernetes.io/name", "aeterna", "app.kubernetes.io/instance", "aeterna")));
    }

    private Api(Cluster cluster, String namespace, boolean remembers, int port, Selection pods) {
        super(ID, "an API replica", pods, new HttpEntrance(ID, "http://127.0.0.1:" + port));
        memories = new MemoryEntrance(ID + " memories", "http://127.0.0.1:" + port);
        this.remembers = remembers;
        this.cluster = cluster;
        this.namespace = namespace;
        this.pods = pods;
        // Any pod with a shell that is not the gateway.
        strangers = new Selection(
                cluster, namespace, Map.of("cnpg.io/cluster", "aeterna-postgres", "cnpg.io/podRole", "instance"));
    }

    /** The same gateway, for memories: each is in the database and in the vector store, and a search asks both. */
    public Entrance memories() {
        return memories;
    }

    @Override
    public List<Entrance> entrances() {
        return remembers ? List.of(this, memories) : List.of(this);
    }

    @Override
    public void forgetEarlierWrites() {
        if (!remembers) {
            return;
        }
        try {
            memories.forget();
        } catch (IOException refused) {
            throw new Problem(
                    "the API does not forget the memories of earlier runs: " + refused.getMessage(),
                    "Look at its replicas with `./chaos status`.",
                    refused);
        }
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of(NAME, "aeterna-gateway");
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return List.of(
                scaled(profile.number("api.minReplicas"), profile.number("api.maxReplicas")), onlyTheGatewayIsLetIn());
    }

    /** The autoscaler has metrics, and there are as many replicas as it wants. */
    SteadyCheck scaled(int least, int most) {
        return SteadyCheck.named("api: as many replicas as the autoscaler wants", () -> {
            var autoscaler = cluster.autoscalers(namespace).stream()
                    .filter(one -> one.name().equals(NAME))
                    .findFirst();
            var wanted = cluster.rollouts(namespace).stream()
                    .filter(one -> one.name().equals(NAME))
                    .mapToInt(Rollout::wanted)
                    .findFirst();
            if (autoscaler.isEmpty() || wanted.isEmpty()) {
                return new SteadyCheck.Look(false, "there is no autoscaler, or nothing for it to scale");
            }
            var said = autoscaler.get();
            var replicas = wanted.getAsInt();
            // What it said last is of its last look; the limits may have been changed since.
            var within = replicas >= least && replicas <= most;
            return new SteadyCheck.Look(
                    said.scaling() && said.current() == said.desired() && said.desired() == replicas && within,
                    replicas + " replicas, the autoscaler found " + said.current() + " and wants " + said.desired()
                            + " (" + least + " to " + most + ")"
                            + (said.scaling()
                                    ? ""
                                    : ", and has no metrics: "
                                            + (said.reason().isEmpty() ? "not looked yet" : said.reason())));
        });
    }

    /** Whoever is not the gateway is refused: a policy that nobody enforces is as good as none. */
    SteadyCheck onlyTheGatewayIsLetIn() {
        return SteadyCheck.named("api: only the gateway is let in", () -> {
            var knock = knock();
            if (knock.isEmpty()) {
                return new SteadyCheck.Look(false, "nobody is there to knock, or to be knocked at");
            }
            return new SteadyCheck.Look(
                    knock.get().open().isEmpty(),
                    knock.get().who() + " is " + knock.get()
                            + (knock.get().open().isEmpty()
                                    ? ""
                                    : ": this cluster's network does not enforce the policy aeterna-network-policy"));
        });
    }

    /** Whoever is not the gateway knocks at every replica, every two seconds, throughout a run. */
    public Observer strangersKnock(Timekeeper time) {
        return new Knocking(this::knock, time);
    }

    private Optional<Knock> knock() {
        var stranger = strangers.alive().stream().findFirst();
        var addresses = pods.alive().stream().collect(Collectors.toMap(PodStatus::address, PodStatus::name));
        if (stranger.isEmpty() || addresses.isEmpty()) {
            return Optional.empty();
        }
        var command = new ArrayList<>(List.of("bash", "-c", KNOCK, "knock"));
        command.addAll(addresses.keySet().stream().sorted().toList());
        var letIn = cluster.exec(namespace, stranger.get().name(), command.toArray(String[]::new))
                .lines()
                .filter(address -> !address.isBlank())
                .map(address -> addresses.getOrDefault(address, address))
                .sorted()
                .toList();
        return Optional.of(new Knock(stranger.get().name(), addresses.size(), letIn));
    }
}
