package aeterna.chaos.cluster;

import aeterna.chaos.model.Nearest;
import aeterna.chaos.model.Node;
import aeterna.chaos.model.PortMapping;
import aeterna.chaos.model.Problem;
import aeterna.chaos.model.Topology;
import aeterna.chaos.model.Zone;
import aeterna.chaos.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads topologies in kind's own format ({@code kind.x-k8s.io/v1alpha4}), so that one file serves every provider.
 *
 * @param folder where the topologies are, {@code kind-config/}
 */
public record TopologyFile(Path folder) {
    /** What kind gives its control planes, and what keeps the stack off ours. */
    private static final String CONTROL_PLANE_TAINT = "node-role.kubernetes.io/control-plane=:NoSchedule";

    /** The names that {@link #read} takes. */
    public List<String> names() {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml") && !name.equals("node-timers.yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new Problem(folder + " cannot be listed", "Run from a complete checkout of the project.", unreadable);
        }
    }

    /** The topology of that name; throws a {@link Problem} with file, line and reason when it is malformed. */
    public Topology read(String name) {
        if (!names().contains(name)) {
            throw new Problem(
                    "there is no topology '" + name + "' in " + folder,
                    Nearest.remedy(name, names()) + " A new one goes into " + folder.resolve(name + ".yaml") + ".");
        }
        return parse(name, Yaml.read(folder.resolve(name + ".yaml")));
    }

    /** The topology in a text. */
    static Topology parse(String name, Yaml root) {
        root.only(Set.of("kind", "apiVersion", "name", "networking", "nodes"));
        expect(root.get("kind"), "Cluster");
        expect(root.get("apiVersion"), "kind.x-k8s.io/v1alpha4");
        var networking = root.get("networking").only(Set.of("apiServerAddress", "apiServerPort"));
        networking.find("apiServerAddress").ifPresent(address -> expect(address, "127.0.0.1"));
        int apiPort = networking.get("apiServerPort").number(1, 65_535);

        Node controlPlane = null;
        var workers = new ArrayList<Node>();
        var ports = new ArrayList<PortMapping>();
        for (Yaml item : root.get("nodes").list()) {
            item.only(Set.of("role", "labels", "extraPortMappings"));
            var labels = item.find("labels").map(Yaml::textMap).orElse(Map.of());
            switch (item.get("role").text()) {
                case "control-plane" -> {
                    if (controlPlane != null) {
                        throw item.problem(
                                "this is a second control plane", "A testbed has exactly one; make it a worker.");
                    }
                    if (labels.containsKey(Zone.LABEL)) {
                        throw item.problem(
                                "the control plane is in a zone",
                                "It stands for the load balancer's side, which no zone outage takes along; remove its zone label.");
                    }
                    controlPlane = new Node("node-0", Node.Role.CONTROL_PLANE, labels, List.of(CONTROL_PLANE_TAINT));
                    item.find("extraPortMappings").stream()
                            .flatMap(list -> list.list().stream())
                            .map(TopologyFile::port)
                            .forEach(ports::add);
                }
                case "worker" -> {
                    if (!labels.containsKey(Zone.LABEL)) {
                        throw item.problem("this worker is in no zone", "Give it the label " + Zone.LABEL + ".");
                    }
                    item.find("extraPortMappings").ifPresent(found -> {
                        throw found.problem(
                                "a worker publishes ports",
                                "Clients enter through the control plane; move them there.");
                    });
                    workers.add(new Node("node-" + (workers.size() + 1), Node.Role.WORKER, labels, List.of()));
                }
                default ->
                    throw item.get("role")
                            .problem("'" + item.get("role").text() + "' is no role", "Write control-plane or worker.");
            }
        }
        if (controlPlane == null) {
            throw root.get("nodes").problem("there is no control plane", "Add one item with role: control-plane.");
        }
        if (workers.isEmpty()) {
            throw root.get("nodes").problem("there is no worker", "Add items with role: worker and a zone label.");
        }
        var taken = new ArrayList<Integer>(List.of(apiPort));
        for (PortMapping port : ports) {
            if (taken.contains(port.hostPort())) {
                throw root.get("nodes")
                        .problem("host port " + port.hostPort() + " is published twice", "Give each its own port.");
            }
            taken.add(port.hostPort());
        }
        var nodes = new ArrayList<Node>(List.of(controlPlane));
        nodes.addAll(workers);
        return new Topology(name, apiPort, nodes, ports);
    }

    private static PortMapping port(Yaml mapping) {
        mapping.only(Set.of("listenAddress", "hostPort", "containerPort", "protocol"));
        mapping.find("listenAddress").ifPresent(address -> expect(address, "127.0.0.1"));
        mapping.find("protocol").ifPresent(protocol -> expect(protocol, "TCP"));
        return new PortMapping(
                mapping.get("hostPort").number(1, 65_535),
                mapping.get("containerPort").number(1, 65_535));
    }

    private static void expect(Yaml value, String only) {
        if (!value.text().equals(only)) {
            throw value.problem("'" + value.text() + "' is not supported here", "Write " + only + ".");
        }
    }
}
