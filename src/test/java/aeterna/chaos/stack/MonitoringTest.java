package aeterna.chaos.stack;

import static org.assertj.core.api.Assertions.assertThat;

import aeterna.chaos.client.Alertmanager;
import aeterna.chaos.client.Prometheus;
import aeterna.chaos.client.SqlEntrance;
import aeterna.chaos.cluster.Manifests;
import aeterna.chaos.fakes.FakeCluster;
import aeterna.chaos.model.SteadyCheck;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MonitoringTest {
    private static final String RULE = """
            {"groups":[{"rules":[{"name":"A","query":"absent(a_metric == 0)","health":"ok"},
                                 {"name":"B","query":"sum(rate(b_metric[1m])) > 3","health":"ok"}]}]}""";

    private final FakeCluster cluster = new FakeCluster();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final Prometheus prometheus;
    private final Monitoring monitoring;

    MonitoringTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/", exchange -> {
            var what = exchange.getRequestURI().getPath().substring("/api/v1/".length());
            var body = "{\"status\":\"success\",\"data\":" + answers.getOrDefault(what, "{}") + "}";
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answers.containsKey(what) ? 200 : 503, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        prometheus = new Prometheus("http://127.0.0.1:" + server.getAddress().getPort());
        var postgres = new Postgres(
                cluster,
                "aeterna",
                false,
                new SqlEntrance("postgres", 1, new SqlEntrance.Login("a", "b", "c")),
                SqlEntrance.toStandbys("postgres replicas", 1, new SqlEntrance.Login("a", "b", "c")));
        monitoring = new Monitoring(
                cluster, "aeterna", postgres, prometheus, new Alertmanager("http://127.0.0.1:1"), ExpectedFlaws.none());
    }

    @BeforeEach
    void healthy() {
        cluster.node("node-0", true);
        cluster.node("node-1", true);
        cluster.pod("aeterna-1", "node-1", Map.of("app.kubernetes.io/name", "aeterna"));
        cluster.pod(
                "aeterna-postgres-1",
                "node-1",
                Map.of(
                        "cnpg.io/cluster",
                        "aeterna-postgres",
                        "cnpg.io/podRole",
                        "instance",
                        "cnpg.io/instanceRole",
                        "primary"));
        cluster.pod("aeterna-qdrant-0", "node-1", Map.of("app.kubernetes.io/name", "qdrant"));
        cluster.annotations.put("aeterna-postgres-rw", Map.of("leader", "aeterna-postgres-1"));
        answers.put("rules", RULE);
        answers.put("alertmanagers", "{\"activeAlertmanagers\":[{\"url\":\"http://am:9093/api/v2/alerts\"}]}");
        answers.put("alerts", "{\"alerts\":[]}");
        answers.put("query", there("a_metric", "b_metric"));
        answers.put("targets", targets("up"));
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private static String there(String... metrics) {
        return "{\"result\":["
                + String.join(
                        ",",
                        List.of(metrics).stream()
                                .map(name -> "{\"metric\":{\"__name__\":\"" + name + "\"}}")
                                .toList())
                + "]}";
    }

    private String targets(String apisHealth) {
        var text = new StringBuilder("{\"activeTargets\":[");
        for (var job : List.of("prometheus", "alertmanager", "exporter")) {
            text.append(target(job, "instance", "x", "up")).append(',');
        }
        cluster.nodes()
                .forEach(node -> text.append(target("kubelet", "node", node.name(), "up"))
                        .append(',')
                        .append(target("kubelet-resource", "node", node.name(), "up"))
                        .append(','));
        return text.append(target("postgres", "pod", "aeterna-postgres-1", "up"))
                .append(',')
                .append(target("qdrant", "pod", "aeterna-qdrant-0", "up"))
                .append(',')
                .append(target("api", "pod", "aeterna-1", apisHealth))
                .append("]}")
                .toString();
    }

    private static String target(String job, String label, String value, String health) {
        return "{\"labels\":{\"job\":\"" + job + "\",\"" + label + "\":\"" + value + "\"},\"health\":\"" + health
                + "\",\"lastError\":\"" + (health.equals("up") ? "" : "connection refused") + "\"}";
    }

    private SteadyCheck.Look look(String check) {
        return monitoring.steady(Profile.read(Path.of("stack"), "recommended")).stream()
                .filter(one -> one.toString().equals("monitoring: " + check))
                .findFirst()
                .orElseThrow()
                .look();
    }

    @Test
    void isSteadyWhenEverythingIsSeenAndNothingFires() {
        for (var check :
                List.of("every target is up", "every rule can fire", "alerts are taken", "nothing is alarming")) {
            assertThat(look(check))
                    .satisfies(look -> assertThat(look.steady())
                            .as("%s: %s", check, look.seen())
                            .isTrue());
        }
    }

    @Test
    void aTargetThatIsDownOrNotAskedIsNamed() {
        answers.put("targets", targets("down"));
        assertThat(look("every target is up").seen()).isEqualTo("api aeterna-1 is down (connection refused)");

        answers.put("targets", targets("up"));
        cluster.pod("aeterna-2", "node-1", Map.of("app.kubernetes.io/name", "aeterna"));
        assertThat(look("every target is up")).isEqualTo(new SteadyCheck.Look(false, "api aeterna-2 is not asked"));
    }

    /** The page's own alert on cnpg_replication_lag_bytes is one of these. */
    @Test
    void aRuleOverAMetricThatNobodyExportsIsAnError() {
        answers.put("query", there("a_metric"));

        assertThat(look("every rule can fire"))
                .isEqualTo(new SteadyCheck.Look(false, "B speaks of b_metric, which nobody exports"));
    }

    @Test
    void aRuleThatCannotBeEvaluatedIsAnError() {
        answers.put("rules", RULE.replaceFirst("\"ok\"", "\"err\",\"lastError\":\"many-to-many\""));
        assertThat(look("every rule can fire").seen()).isEqualTo("A was not evaluated: many-to-many");

        answers.put("rules", "{\"groups\":[]}");
        assertThat(look("every rule can fire").steady()).isFalse();
    }

    @Test
    void anAlertThatFiresIsToldAndAPendingOneIsNot() {
        var alert = """
                {"alerts":[{"labels":{"alertname":"A","pod":"p"},"state":"STATE","activeAt":"2026-01-02T03:04:05.678901234Z"}]}""";
        answers.put("alerts", alert.replace("STATE", "pending"));
        assertThat(look("nothing is alarming").steady()).isTrue();
        assertThat(prometheus.alerts()).singleElement().satisfies(one -> {
            assertThat(one.firing()).isFalse();
            assertThat(one.since()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678901234Z"));
        });

        answers.put("alerts", alert.replace("STATE", "firing"));
        assertThat(look("nothing is alarming"))
                .isEqualTo(new SteadyCheck.Look(false, "A {pod=p} fires, since 2026-01-02T03:04:05.678901234Z"));
    }

    @Test
    void nobodyTakesAlerts() {
        answers.put("alertmanagers", "{\"activeAlertmanagers\":[]}");

        assertThat(look("alerts are taken").steady()).isFalse();
    }

    @Test
    void showsWhenAlertsWereFiring() {
        answers.put("query", """
                {"result":[{"metric":{"__name__":"ALERTS","alertname":"A","alertstate":"firing","pod":"p"},
                            "values":[[1767323045.5,"1"],[1767323050,"1"]]}]}""");

        assertThat(prometheus.history(Duration.ofMinutes(5)))
                .containsExactly("2026-01-02T03:04:05.500Z … 2026-01-02T03:04:10Z A firing {pod=p}");
    }

    @Test
    void makesTheRoleThatAsksTheDatabaseAsTheManifestsHaveIt() {
        monitoring.settle(Profile.read(Path.of("stack"), "recommended"));

        var secret = new Manifests(Path.of("stack/monitoring"))
                .texts().stream()
                        .filter(text -> text.contains("name: aeterna-postgres-monitoring"))
                        .findFirst()
                        .orElseThrow();
        assertThat(secret).contains("  username: monitoring\n  password: monitoring-chaos\n");
        assertThat(cluster.acts)
                .singleElement()
                .asString()
                .startsWith("exec aeterna-postgres-1 psql")
                .contains("create role monitoring login password 'monitoring-chaos' in role pg_monitor");
    }
}
