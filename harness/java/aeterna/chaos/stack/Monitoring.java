package aeterna.chaos.stack;

import aeterna.chaos.client.AlertRule;
import aeterna.chaos.client.Alertmanager;
import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.Prometheus;
import aeterna.chaos.client.ScrapeTarget;
import aeterna.chaos.cluster.Cluster;
import aeterna.chaos.cluster.NodeStatus;
import aeterna.chaos.cluster.PodStatus;
import aeterna.chaos.model.Evidence;
import aeterna.chaos.model.Flaw;
import aeterna.chaos.model.SteadyCheck;
import aeterna.chaos.model.SteadyCheck.Look;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Prometheus, its alerts, and Alertmanager. An instrument on the control plane: no fault on zones or workers reaches it. Nobody
 * writes through it, so it is no way in.
 */
public final class Monitoring implements Component {
    /** Its id everywhere. */
    public static final String ID = "monitoring";

    static final List<String> IMAGES = List.of("prometheus", "alertmanager", "exporter");

    /** Scraped once each, and on no pod that a selector would find. */
    private static final List<String> SINGLE = List.of("alertmanager", "exporter", "prometheus");

    private static final List<String> PER_NODE = List.of("kubelet", "kubelet-resource");

    /** The jobs of which every pod is asked, by the labels that {@code stack/monitoring/prometheus.yaml} selects. */
    private static final Map<String, Map<String, String>> PER_POD = new TreeMap<>(Map.of(
            "api",
            Map.of("app.kubernetes.io/name", "aeterna"),
            "postgres",
            Map.of("cnpg.io/cluster", "aeterna-postgres", "cnpg.io/podRole", "instance"),
            "qdrant",
            Map.of("app.kubernetes.io/name", "qdrant")));

    /** As {@code stack/monitoring/access.yaml} has it. */
    private static final String ROLE = "do $$ begin"
            + " if not exists (select from pg_roles where rolname = 'monitoring') then"
            + " create role monitoring login password 'monitoring-chaos' in role pg_monitor; end if; end $$";

    /** A scenario, with a margin; longer than that a testbed may have been used for something else. */
    private static final Duration RECENTLY = Duration.ofMinutes(15);

    private final Cluster cluster;
    private final String namespace;
    private final Postgres postgres;
    private final Prometheus prometheus;
    private final Alertmanager alertmanager;
    private final ExpectedFlaws known;

    /** @param known the flaws that are known */
    Monitoring(
            Cluster cluster,
            String namespace,
            Postgres postgres,
            Prometheus prometheus,
            Alertmanager alertmanager,
            ExpectedFlaws known) {
        this.known = known;
        this.cluster = cluster;
        this.namespace = namespace;
        this.postgres = postgres;
        this.prometheus = prometheus;
        this.alertmanager = alertmanager;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public List<String> images() {
        return IMAGES;
    }

    @Override
    public List<String> workloads() {
        return List.of("aeterna-prometheus", "aeterna-alertmanager", "aeterna-exporter");
    }

    @Override
    public List<Entrance> entrances() {
        return List.of();
    }

    /** Prometheus itself. */
    public Prometheus prometheus() {
        return prometheus;
    }

    /** Whom Prometheus tells of alerts. */
    public Alertmanager alertmanager() {
        return alertmanager;
    }

    /** Makes the role by which the exporter asks the database. */
    @Override
    public void settle(Profile profile) {
        postgres.onPrimary("psql", "-U", "postgres", "-XAtc", ROLE);
    }

    @Override
    public List<SteadyCheck> steady(Profile profile) {
        return List.of(
                SteadyCheck.named(ID + ": every target is up", this::targets),
                SteadyCheck.named(ID + ": every rule can fire", this::rules),
                SteadyCheck.named(ID + ": alerts are taken", this::alertsTaken),
                SteadyCheck.named(ID + ": nothing is alarming", this::alarms));
    }

    /** Everyone who should be asked for metrics is asked, and answers. */
    private Look targets() {
        var found = prometheus.targets();
        var missing = unwatched(found);
        return unknown(missing, found.size() + " targets are asked");
    }

    private List<Flaw> unwatched(List<ScrapeTarget> found) {
        var missing = new ArrayList<Flaw>();
        SINGLE.forEach(job -> expect(job, found, "job", List.of(job), missing));
        var nodes = cluster.nodes().stream().map(NodeStatus::name).toList();
        PER_NODE.forEach(job -> expect(job, found, "node", nodes, missing));
        PER_POD.forEach((job, labels) -> {
            var pods = new Selection(cluster, namespace, labels)
                    .alive().stream().map(PodStatus::name).toList();
            expect(job, found, "pod", pods, missing);
        });
        return missing;
    }

    /** Steady when nothing is found but what is known. */
    private Look unknown(List<Flaw> found, String otherwise) {
        var news =
                found.stream().filter(flaw -> !known.has(flaw)).map(Flaw::what).toList();
        return news.isEmpty()
                ? new Look(true, otherwise + (found.isEmpty() ? "" : ", " + found.size() + " known flaws"))
                : new Look(false, String.join("; ", news));
    }

    @Override
    public List<Flaw> flaws() {
        var flaws = new ArrayList<Flaw>();
        // Of many pods of one sort one line is enough.
        unwatched(prometheus.targets()).stream()
                .collect(Collectors.toMap(Flaw::object, flaw -> flaw, (one, other) -> one, TreeMap::new))
                .values()
                .forEach(flaws::add);
        flaws.addAll(neverFiring(prometheus.rules()));
        flaws.addAll(firing());
        return flaws;
    }

    private static void expect(
            String job, List<ScrapeTarget> found, String label, List<String> wanted, List<Flaw> missing) {
        var ofJob = found.stream().filter(target -> target.job().equals(job)).toList();
        if (wanted.isEmpty()) {
            missing.add(unwatched(job, "nobody there is to be asked as " + job));
        }
        for (var name : wanted) {
            var targets = ofJob.stream()
                    .filter(target -> target.label(label).equals(name))
                    .toList();
            if (targets.isEmpty()) {
                missing.add(unwatched(job, job + " " + name + " is not asked"));
            }
        }
        // Those that should not be there any more are as wrong as those that are not there yet.
        ofJob.stream()
                .filter(target -> !target.up())
                .forEach(target -> missing.add(unwatched(
                        job,
                        job + " " + target.label(label) + " is down"
                                + (target.error().isEmpty() ? "" : " (" + target.error() + ")"))));
    }

    private static Flaw unwatched(String job, String what) {
        return new Flaw(Flaw.Kind.NOT_WATCHED, job, what);
    }

    /** Every rule was evaluated without error, and speaks only of metrics that somebody exports: another one would never fire. */
    private Look rules() {
        var rules = prometheus.rules();
        if (rules.isEmpty()) {
            return new Look(false, "there is not one rule");
        }
        var unsound = rules.stream()
                .filter(rule -> !rule.health().equals("ok"))
                .map(rule ->
                        rule.name() + " was not evaluated: " + (rule.error().isEmpty() ? "not yet" : rule.error()))
                .toList();
        return unsound.isEmpty()
                ? unknown(neverFiring(rules), rules.size() + " rules")
                : new Look(false, String.join("; ", unsound));
    }

    private List<Flaw> neverFiring(List<AlertRule> rules) {
        var metrics =
                rules.stream().flatMap(rule -> rule.metrics().stream()).collect(Collectors.toCollection(TreeSet::new));
        var missing = prometheus.missing(metrics);
        return rules.stream()
                .filter(rule -> rule.metrics().stream().anyMatch(missing::contains))
                .map(rule -> new Flaw(
                        Flaw.Kind.ALERT_NEVER_FIRES,
                        rule.name(),
                        rule.name() + " speaks of "
                                + rule.metrics().stream()
                                        .filter(missing::contains)
                                        .collect(Collectors.joining(", "))
                                + ", which nobody exports"))
                .toList();
    }

    private Look alertsTaken() {
        var known = prometheus.alertmanagers();
        return new Look(
                !known.isEmpty(), known.isEmpty() ? "Prometheus knows no Alertmanager" : String.join(", ", known));
    }

    private Look alarms() {
        return unknown(firing(), "no alert fires");
    }

    private List<Flaw> firing() {
        return prometheus.firing().stream()
                .map(alert -> new Flaw(Flaw.Kind.ALERT_FIRES, alert.name(), alert.toString()))
                .collect(Collectors.toMap(Flaw::object, flaw -> flaw, (one, other) -> one, TreeMap::new))
                .values()
                .stream()
                .toList();
    }

    /** Which alerts were pending and fired lately, and what the rules are. */
    @Override
    public List<Evidence> evidence() {
        return List.of(Evidence.named("alerts", folder -> {
            var lines = new ArrayList<String>(prometheus.history(RECENTLY));
            lines.add("");
            prometheus.rules().stream().map(AlertRule::toString).forEach(lines::add);
            Files.write(folder.resolve("alerts.txt"), lines);
        }));
    }
}
