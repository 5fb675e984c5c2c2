package aeterna.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertRuleTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            up == 0 | up
            absent(cnpg_pg_replication_in_recovery{namespace="aeterna"} == 0) | cnpg_pg_replication_in_recovery
            rate(a_total[5m]) / (rate(b_total{x="y or z"}[1m]) > 0) > 200 | a_total b_total
            (count(a{b=~"c-.*"}) or vector(0)) < 3 - 1 | a
            sum by (pod, node) (a) > on(pod) group_left(zone) b | a b
            sum (a) by (pod) unless ignoring (x) job:b:rate5m offset 5m | a job:b:rate5m
            (a or on() vector(0)) < 2e3 and b != bool 1 | a b
            label_replace(a, "x", "$1{}", "y", "(.*)[5m]") > Inf | a
            """)
    void namesWhatItSpeaksOf(String expression, String metrics) {
        assertThat(new AlertRule("r", expression, "ok", "").metrics()).containsExactly(metrics.split(" "));
    }
}
