package aeterna.chaos.audit;

import aeterna.chaos.cluster.KubernetesFields;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.Topology;
import aeterna.chaos.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the objects of a stack cannot be on a topology, whatever its pods do. */
public final class ManifestAudit {
    private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "CronJob");

    private final List<Yaml> objects;
    private final Topology topology;
    private final List<Workload> workloads;
    private final List<Flaw> flaws = new ArrayList<>();

    private ManifestAudit(List<Yaml> objects, Topology topology) {
        this.objects = objects;
        this.topology = topology;
        workloads = objects.stream()
                .filter(object -> WORKLOADS.contains(object.get("kind").text()))
                .map(object -> Workload.of(object, ofKind("HorizontalPodAutoscaler")))
                .toList();
    }

    /** Everything that the rules find, sorted. */
    public static List<Flaw> of(List<Yaml> objects, Topology topology) {
        var audit = new ManifestAudit(objects, topology);
        audit.dropped();
        audit.selectors();
        audit.closedPorts();
        audit.budgets();
        audit.places();
        audit.zones();
        return audit.flaws.stream().sorted().toList();
    }

    private List<Yaml> ofKind(String kind) {
        return objects.stream()
                .filter(object -> object.get("kind").text().equals(kind))
                .toList();
    }

    private static String name(Yaml object) {
        return object.get("metadata").get("name").text();
    }

    private static String id(Yaml object) {
        return object.get("kind").text() + "/" + name(object);
    }

    private void found(Flaw.Kind kind, String object, String what) {
        flaws.add(new Flaw(kind, object, what));
    }

    /** Fields that Kubernetes does not have. */
    private void dropped() {
        var fields = KubernetesFields.ofRelease();
        objects.forEach(object -> fields.unknown(object)
                .forEach(path -> found(
                        Flaw.Kind.DROPPED,
                        id(object) + " " + path,
                        "Kubernetes has no such field, and without strict validation says nothing")));
    }

    /** Whoever speaks of pods by their labels and means nobody. */
    private void selectors() {
        workloads.forEach(workload -> selectsSomebody(id(workload.object()), workload.neighbours()));
        for (var budget : ofKind("PodDisruptionBudget")) {
            selectsSomebody(id(budget), List.of(Selector.of(budget.get("spec").get("selector"))));
        }
        for (var service : ofKind("Service")) {
            service.get("spec")
                    .find("selector")
                    .ifPresent(
                            selector -> selectsSomebody(id(service), List.of(Selector.ofLabels(selector.textMap()))));
        }
        for (var policy : ofKind("NetworkPolicy")) {
            var selectors = new ArrayList<Selector>();
            selectors.add(Selector.of(policy.get("spec").get("podSelector")));
            ingress(policy).stream()
                    .flatMap(rule -> rule.find("from").stream())
                    .flatMap(from -> from.list().stream())
                    .flatMap(peer -> peer.find("podSelector").stream())
                    .map(Selector::of)
                    .forEach(selectors::add);
            selectsSomebody(id(policy), selectors);
        }
    }

    private void selectsSomebody(String who, List<Selector> selectors) {
        selectors.stream()
                .filter(selector -> workloads.stream().noneMatch(selector::selects))
                .findFirst()
                .ifPresent(
                        selector -> found(Flaw.Kind.SELECTS_NOTHING, who, "no pod of the stack carries " + selector));
    }

    private static List<Yaml> ingress(Yaml policy) {
        return policy.get("spec").find("ingress").map(Yaml::list).orElse(List.of());
    }

    /** Policies that let somebody in where nobody listens. */
    private void closedPorts() {
        for (var policy : ofKind("NetworkPolicy")) {
            var selector = Selector.of(policy.get("spec").get("podSelector"));
            var selected = workloads.stream().filter(selector::selects).toList();
            var open = selected.stream()
                    .flatMap(workload -> workload.ports().stream())
                    .collect(Collectors.toSet());
            var closed = ingress(policy).stream()
                    .flatMap(rule -> rule.find("ports").stream())
                    .flatMap(ports -> ports.list().stream())
                    .map(port -> port.get("port").text())
                    .filter(port -> !open.contains(port))
                    .toList();
            if (!closed.isEmpty()) {
                found(
                        Flaw.Kind.CLOSED_PORT,
                        name(policy),
                        "it lets in to port " + String.join(", ", closed) + ", and those it protects ("
                                + selected.stream().map(Workload::name).collect(Collectors.joining(", "))
                                + ") listen on "
                                + open.stream()
                                        .filter(port -> port.matches("\\d+"))
                                        .sorted()
                                        .toList());
            }
        }
    }

    private void budgets() {
        var all = ofKind("PodDisruptionBudget");
        for (var workload : workloads) {
            var over = all.stream()
                    .filter(budget ->
                            Selector.of(budget.get("spec").get("selector")).selects(workload))
                    .toList();
            if (over.size() > 1) {
                found(
                        Flaw.Kind.BUDGETS_OVERLAP,
                        workload.name(),
                        "its pods are under "
                                + over.stream().map(ManifestAudit::name).collect(Collectors.joining(" and "))
                                + ", and the API server refuses to evict a pod of two budgets");
            }
            if (over.isEmpty() && workload.replicas() > 1 && !workload.isInstrument()) {
                found(Flaw.Kind.NO_BUDGET, workload.name(), "all its " + workload.replicas() + " pods may go at once");
            }
            var there = Math.min(workload.replicas(), workload.places(topology));
            for (var budget : over) {
                var stay = budget.get("spec")
                        .find("minAvailable")
                        .map(number -> number.number(0, 1000))
                        // Of what is wanted, not of what is there: who has no place is away already.
                        .or(() -> budget.get("spec")
                                .find("maxUnavailable")
                                .map(number -> workload.replicas() - number.number(0, 1000)))
                        .orElse(0);
                if (there > 0 && stay >= there) {
                    found(
                            Flaw.Kind.BUDGET_BLOCKS,
                            name(budget),
                            there + " pods of " + workload.name() + " can be there and " + stay + " must stay");
                }
            }
        }
    }

    /** Pods that cannot be beside each other need as many nodes or zones as there are pods, and one more for an update. */
    private void places() {
        for (var workload : workloads) {
            var places = workload.places(topology);
            if (workload.replicas() > places) {
                found(
                        Flaw.Kind.PENDING,
                        workload.name(),
                        workload.replicas() + " pods must be apart, and there is room for " + places);
            } else if (workload.replicas() == places
                    && surge(workload).filter(most -> most == 0).isPresent()) {
                found(
                        Flaw.Kind.NO_ROOM,
                        workload.name(),
                        "none of its " + workload.replicas()
                                + " pods may be away during an update, and there is room for " + places
                                + ": the new one stays Pending");
            }
            var scaling = ofKind("HorizontalPodAutoscaler").stream()
                    .filter(autoscaler -> Workload.target(autoscaler).equals(workload.name()))
                    .toList();
            if (scaling.size() > 1) {
                found(
                        Flaw.Kind.CANNOT_SCALE,
                        workload.name(),
                        scaling.stream().map(ManifestAudit::name).collect(Collectors.joining(" and "))
                                + " both scale it, and Kubernetes lets neither");
            }
            for (var autoscaler : scaling) {
                var most = autoscaler.get("spec").get("maxReplicas").number(1, 1000);
                if (most > places) {
                    found(
                            Flaw.Kind.CANNOT_SCALE,
                            workload.name(),
                            autoscaler.get("kind").text() + " " + name(autoscaler) + " may ask for " + most
                                    + " pods, which must be apart, and there is room for " + places);
                }
            }
        }
    }

    /** How many pods may be away during an update; empty for what updates in place. */
    private static Optional<Integer> surge(Workload workload) {
        if (!workload.kind().equals("Deployment")) {
            return Optional.empty();
        }
        var away = workload.object()
                .get("spec")
                .find("strategy")
                .flatMap(strategy -> strategy.find("rollingUpdate"))
                .flatMap(update -> update.find("maxUnavailable"))
                .map(Yaml::text)
                .orElse("25%");
        // A share is rounded down.
        return Optional.of(
                away.endsWith("%")
                        ? workload.replicas() * Integer.parseInt(away.substring(0, away.length() - 1)) / 100
                        : Integer.parseInt(away));
    }

    /** Where a majority must agree, no zone may hold so many that the rest is none. */
    private void zones() {
        for (var workload : workloads) {
            workload.needsMajority().ifPresent(who -> {
                var there = Math.min(workload.replicas(), workload.places(topology));
                var lost = workload.mostInOneZone(topology);
                if (2 * (there - lost) <= there) {
                    found(
                            Flaw.Kind.ZONE_LOSS,
                            workload.name(),
                            "one of " + topology.zones().size() + " zones can hold " + lost + " of " + there + ", and "
                                    + who + " needs a majority");
                }
            });
        }
    }

    /** The flaws by what they are and of whom, the first one of each. */
    public static List<Flaw> distinct(List<Flaw> flaws) {
        return flaws.stream()
                .collect(Collectors.toMap(
                        flaw -> flaw.kind() + " " + flaw.object(), Function.identity(), (first, other) -> first))
                .values()
                .stream()
                .sorted()
                .toList();
    }
}
