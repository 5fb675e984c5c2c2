package aeterna.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlEntranceTest {
    @ParameterizedTest
    @CsvSource({
        // The transaction was rolled back, or never begun.
        "25006, cannot execute INSERT in a read-only transaction, FAIL",
        "40001, could not serialize access, FAIL",
        "42P01, relation does not exist, FAIL",
        "53300, too many clients already, FAIL",
        "57014, canceling statement due to statement timeout, FAIL",
        "57P03, the database system is starting up, FAIL",
        "08P01, FATAL: query_wait_timeout, FAIL",
        "08P01, FATAL: server login has been failing, FAIL",
        // It may have been committed.
        "08P01, FATAL: query_timeout, UNKNOWN",
        "08P01, FATAL: server conn crashed?, UNKNOWN",
        "08006, An I/O error occurred while sending to the backend., UNKNOWN",
        "40003, statement completion unknown, UNKNOWN",
        "57P01, terminating connection due to administrator command, UNKNOWN",
        "XX000, internal error, UNKNOWN",
    })
    void saysOnlyWhatIsCertain(String state, String message, Outcome outcome) {
        assertThat(SqlEntrance.failed(new SQLException(message, state)))
                .isEqualTo(new Reply(outcome, state + " " + message, "", 0));
    }

    @Test
    void aFailureWithoutAnyCodeIsUnknown() {
        assertThat(SqlEntrance.failed(new SQLException("broken")).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void aPortNobodyListensOnIsShut() {
        var entrance = new SqlEntrance("pooler", 1, new SqlEntrance.Login("a", "b", "c"));

        assertThat(entrance.ask()).satisfies(reply -> {
            assertThat(reply.outcome()).isEqualTo(Outcome.FAIL);
            assertThat(reply.error()).contains("refused");
        });
    }

    @Test
    void nothingIsMadeOnStandbys() throws Exception {
        var login = new SqlEntrance.Login("a", "b", "c");
        try (var session = SqlEntrance.toStandbys("postgres replicas", 1, login).open(Op.Connection.NEW)) {
            assertThat(session.read(Duration.ofSeconds(1)).outcome()).isEqualTo(Outcome.FAIL);
        }
        assertThatThrownBy(() -> new SqlEntrance("postgres", 1, login).open(Op.Connection.NEW))
                .hasMessageContaining("refused");
    }
}
