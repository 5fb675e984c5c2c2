package aeterna.chaos.client;

import aeterna.chaos.model.Op;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * A PostgreSQL port as a way in, for an application's role. A write is a row, acknowledged by the end of its transaction.
 *
 * <p>Statements are never cancelled: a commit that waits for a standby and is cancelled reports success for what one disk
 * alone holds. A client that will not wait any longer breaks its connection off instead.
 */
public final class SqlEntrance implements Entrance {
    /**
     * The table of writes, in the login's database, with the column {@code key}. Keys are not unique here on purpose: a write that
     * something on its way repeated can be seen to be there twice.
     */
    public static final String TABLE = "chaos_write";

    private static final String MAKE_TABLE = "create table if not exists " + TABLE
            + " (key text not null, at timestamptz not null default now());"
            + " create index if not exists chaos_write_key on " + TABLE + " (key text_pattern_ops)";

    /** The control file shows the old timeline for a while after a promotion; the WAL file that is written to does not. */
    private static final String ORIGIN = "coalesce(current_setting('aeterna.instance', true), ''), "
            + "case when pg_is_in_recovery() then 0"
            + " else ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint end";

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration QUESTION = Duration.ofSeconds(3);
    private static final Duration LISTING = Duration.ofSeconds(20);

    private final String name;
    private final String url;
    private final Login login;
    private final boolean writable;

    /**
     * @param name as in reports
     * @param port on 127.0.0.1, of whoever takes writes
     */
    public SqlEntrance(String name, int port, Login login) {
        this(name, port, login, true);
    }

    private SqlEntrance(String name, int port, Login login, boolean writable) {
        this.name = name;
        url = "jdbc:postgresql://127.0.0.1:" + port + "/" + login.database();
        this.login = login;
        this.writable = writable;
    }

    /** A way in that leads to standbys: it serves reads, and what is asked of it makes no table. */
    public static SqlEntrance toStandbys(String name, int port, Login login) {
        return new SqlEntrance(name, port, login, false);
    }

    /** An application's login; a superuser's would pass limits that applications run into. */
    public record Login(String user, String password, String database) {}

    @Override
    public Session open(Op.Connection connection) throws SQLException {
        if (writable) {
            makeTable();
        }
        return new SqlSession(connection);
    }

    private void makeTable() throws SQLException {
        try (var database = connect(LISTING);
                var statement = database.createStatement()) {
            // Clients begin together, and "if not exists" alone races on the catalogue. One message is one transaction.
            statement.execute(
                    "begin; select pg_advisory_xact_lock(hashtext('" + TABLE + "')); " + MAKE_TABLE + "; commit");
        }
    }

    @Override
    public Map<String, Integer> kept(String prefix) throws SQLException {
        try (var database = connect(LISTING);
                var statement = database.prepareStatement("select key, count(*), bool_or(pg_is_in_recovery()) from "
                        + TABLE + " where key like ? group by key")) {
            statement.setString(1, prefix.replaceAll("([\\\\%_])", "\\\\$1") + "%");
            var keys = new TreeMap<String, Integer>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getBoolean(3)) {
                        throw new SQLException("the rows came from a standby, which may lag");
                    }
                    keys.put(rows.getString(1), rows.getInt(2));
                }
            }
            return keys;
        }
    }

    /** Forgets every row that was ever written here, so that tables do not grow from run to run. */
    public void forget() throws SQLException {
        try (var database = connect(LISTING);
                var statement = database.createStatement()) {
            statement.execute("drop table if exists " + TABLE);
        }
    }

    /** Carries out one statement on a new connection. */
    public void execute(String sql) throws SQLException {
        try (var database = connect(LISTING);
                var statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public Reply ask() {
        try (var database = connect(QUESTION);
                var statement = database.createStatement();
                var row = statement.executeQuery("select " + ORIGIN)) {
            row.next();
            return Reply.ok(row.getString(1), row.getInt(2));
        } catch (SQLException refused) {
            return Reply.fail(said(refused));
        }
    }

    private Connection connect(Duration silence) throws SQLException {
        var settings = new Properties();
        settings.setProperty("user", login.user());
        settings.setProperty("password", login.password());
        settings.setProperty("ApplicationName", "aeterna-chaos " + name);
        settings.setProperty("connectTimeout", String.valueOf(CONNECT.toSeconds()));
        // Ends a read that nothing answers, the login's included. The driver's loginTimeout would leave a thread
        // behind.
        settings.setProperty("socketTimeout", String.valueOf(Math.max(1, silence.toSeconds())));
        settings.setProperty("tcpKeepAlive", "true");
        // Behind a transaction pooler the next transaction may run where a named statement was never prepared.
        settings.setProperty("prepareThreshold", "0");
        settings.setProperty("sslmode", "disable");
        settings.setProperty("gssEncMode", "disable");
        settings.setProperty("targetServerType", "any");
        var connection = new Driver().connect(url, settings);
        return Objects.requireNonNull(connection, "the driver does not take " + url);
    }

    @Override
    public String toString() {
        return name;
    }

    /** What the failure of a statement means that was sent, or was about to be. */
    static Reply failed(SQLException failure) {
        return Rejection.certain(failure) ? Reply.fail(said(failure)) : Reply.unknown(said(failure));
    }

    private static String said(SQLException failure) {
        var state = failure.getSQLState();
        return (state == null ? "" : state + " ") + failure.getMessage();
    }

    /** Success, unless PostgreSQL warns that the commit is on one disk alone. */
    private static Reply acknowledged(Statement statement, String instance, int timeline) throws SQLException {
        for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            if (Objects.requireNonNullElse(warning.getMessage(), "").contains("synchronous replication")) {
                return Reply.unknown("committed, but confirmed by no standby: " + warning.getMessage());
            }
        }
        return Reply.ok(instance, timeline);
    }

    /** Which failures say that a statement certainly had no effect. */
    private static final class Rejection {
        /** PgBouncer gives all its own failures one code; these are of clients that were never given to a server. */
        private static final Pattern NEVER_GIVEN_A_SERVER = Pattern.compile(
                "query_wait_timeout|client_login_timeout|cannot connect to server|server login has been failing"
                        + "|no more connections allowed|pgbouncer cannot connect|server_login_retry");

        static boolean certain(SQLException failure) {
            var state = Objects.requireNonNullElse(failure.getSQLState(), "");
            if (state.equals("08P01")) {
                return NEVER_GIVEN_A_SERVER
                        .matcher(Objects.requireNonNullElse(failure.getMessage(), ""))
                        .find();
            }
            if (state.length() != 5) {
                return false;
            }
            return switch (state.substring(0, 2)) {
                // Data, integrity, privilege and syntax errors, no room, not now: the transaction was rolled back.
                case "22", "23", "25", "28", "3D", "42", "53", "55" -> true;
                // Rolled back, except "statement completion unknown".
                case "40" -> !state.equals("40003");
                // Cancelled before its commit began; ended by a shutdown at any time, the wait for a standby included.
                case "57" -> state.equals("57014") || state.equals("57P03");
                // Connection failures once it was sent, and whatever else there is.
                default -> false;
            };
        }
    }

    private final class SqlSession implements Session {
        private final boolean reuses;
        private final Deque<Connection> idle = new ArrayDeque<>();
        private boolean closed;

        SqlSession(Op.Connection connection) {
            reuses = connection == Op.Connection.REUSED;
        }

        @Override
        public Reply write(String key, Duration within) {
            return with(within, database -> {
                try (var insert =
                        database.prepareStatement("insert into " + TABLE + " (key) values (?) returning " + ORIGIN)) {
                    insert.setString(1, key);
                    try (var row = insert.executeQuery()) {
                        row.next();
                        return acknowledged(insert, row.getString(1), row.getInt(2));
                    }
                }
            });
        }

        @Override
        public Reply read(Duration within) {
            return with(within, database -> {
                        try (var statement = database.createStatement();
                                var row = statement.executeQuery("select " + ORIGIN)) {
                            row.next();
                            return Reply.ok(row.getString(1), row.getInt(2));
                        }
                    })
                    .ofRead();
        }

        private Reply with(Duration within, Question question) {
            Connection database;
            try {
                database = take(within);
            } catch (SQLException refused) {
                return Reply.fail("not sent: " + said(refused));
            }
            try {
                var reply = question.ask(database);
                giveBack(database);
                return reply;
            } catch (SQLException failure) {
                discard(database);
                return failed(failure);
            }
        }

        private Connection take(Duration within) throws SQLException {
            synchronized (idle) {
                // The most recent one: those that a burst needed and nobody needs any more grow old unseen.
                if (!idle.isEmpty()) {
                    return idle.pop();
                }
            }
            return connect(within);
        }

        private void giveBack(Connection database) {
            synchronized (idle) {
                if (reuses && !closed) {
                    idle.push(database);
                    return;
                }
            }
            discard(database);
        }

        @Override
        public void close() {
            synchronized (idle) {
                closed = true;
                idle.forEach(this::discard);
                idle.clear();
            }
        }

        private void discard(Connection database) {
            try {
                database.close();
            } catch (SQLException brokenAlready) {
                // Nothing is left to give back.
            }
        }
    }

    @FunctionalInterface
    private interface Question {
        Reply ask(Connection database) throws SQLException;
    }
}
