package aeterna.chaos.workload;

import aeterna.chaos.client.Entrance;
import aeterna.chaos.client.Reply;
import aeterna.chaos.client.Session;
import aeterna.chaos.model.Client;
import aeterna.chaos.model.Op;
import aeterna.chaos.model.Op.Connection;
import aeterna.chaos.model.Op.Kind;
import aeterna.chaos.model.Problem;
import aeterna.chaos.workload.Connector.Answer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The clients of one kind at one entrance: one that connects anew for each request, one that does not. */
final class Clients {
    /** A request that takes longer has failed its user. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** What is in flight when nothing is answered until the deadline, and a little. */
    private static final int CAP = 24;

    private Clients() {}

    static Workload of(Kind kind, Entrance entrance, Function<Connection, Reader> reader) {
        return of(kind, entrance, reader, Clients::spacing);
    }

    static Workload of(
            Kind kind, Entrance entrance, Function<Connection, Reader> reader, Function<Connection, Duration> spacing) {
        return Workload.together(Arrays.stream(Connection.values())
                .map(connection -> new OpenLoop(
                        new Client(
                                name(kind, entrance, connection),
                                kind,
                                connection,
                                spacing.apply(connection),
                                DEADLINE,
                                CAP),
                        () -> connector(kind, entrance, connection),
                        reader.apply(connection)))
                .toArray(Workload[]::new));
    }

    private static String name(Kind kind, Entrance entrance, Connection connection) {
        return entrance + " " + kind.name().toLowerCase(Locale.ROOT) + " "
                + connection.name().toLowerCase(Locale.ROOT);
    }

    /** A new connection costs a login on both sides, which a database feels; one that is there costs next to nothing. */
    private static Duration spacing(Op.Connection connection) {
        return connection == Connection.NEW ? Duration.ofMillis(100) : Duration.ofMillis(50);
    }

    private static Connector connector(Kind kind, Entrance entrance, Connection connection) {
        Session session;
        try {
            session = entrance.open(connection);
        } catch (Exception closed) {
            throw new Problem(
                    "the clients cannot work through the " + entrance + ": " + closed.getMessage(),
                    "Look at its pods with `./chaos status`.",
                    closed);
        }
        return new Connector() {
            @Override
            public CompletionStage<Answer> send(String key, Duration deadline) {
                return answer(kind == Kind.WRITE ? session.write(key, deadline) : session.read(deadline))
                        .now();
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }

    private static Answer answer(Reply reply) {
        return new Answer(reply.outcome(), reply.error(), reply.instance(), reply.timeline());
    }
}
