package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.BrokenCounterException;
import dev.internalevents.metrics.MetricStoreException;
import dev.internalevents.protocol.ForeignCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * One connection to PostgreSQL, opened when it is first used, and again after an error. Safe for use by several
 * threads, one at a time.
 */
final class PostgresConnection implements AutoCloseable {

    /** Two transactions waited for each other; one of them is undone, and can be repeated. */
    private static final Set<String> REPEATABLE = Set.of("40P01", "40001");

    private static final int TRIES = 5;

    /** The server ended the connection: it stops, or a connection without statements took too long. */
    private static final Set<String> ENDED = Set.of("57P01", "57P02", "57P03", "57P05", "25P03");

    private final PostgresAddress address;
    private final Map<String, String> environment;
    private final Duration timeout;
    private final Schema schema;
    private @Nullable Connection connection;

    /** Whether the tables exist; known while there is a connection. */
    private boolean hasTables;

    /** @param timeout for the connection, for a statement, and for an answer */
    PostgresConnection(PostgresAddress address, Map<String, String> environment, Duration timeout) {
        this.address = address;
        this.environment = environment;
        this.timeout = timeout;
        this.schema = new Schema(address);
    }

    /**
     * What runs in a transaction.
     *
     * @param <T> the result
     */
    interface Work<T> {
        T in(Sql sql) throws SQLException;
    }

    /**
     * Runs a transaction; creates the tables if they do not exist.
     *
     * @throws MetricStoreException if it may not have been committed
     */
    synchronized <T> T change(Work<T> work) {
        return run(work, schema::create, false);
    }

    /**
     * Runs a transaction that only reads. If a connection that was open before has ended meanwhile, another one is
     * opened: days may pass between two reads, and servers, poolers and firewalls end idle connections.
     *
     * @param empty the result if the tables do not exist
     * @throws MetricStoreException if PostgreSQL cannot be reached, or answers with an error
     */
    synchronized <T> T read(T empty, Work<T> work) {
        return run(sql -> hasTables ? work.in(sql) : empty, schema::exists, true);
    }

    private <T> T run(Work<T> work, Work<Boolean> preparation, boolean isRead) {
        for (int attempt = 1; ; attempt++) {
            boolean isOpen = connection != null;
            try {
                Connection open = connected();
                Sql sql = new Sql(open, address.prefix());
                limit(sql);
                if (!hasTables) {
                    hasTables = preparation.in(sql);
                }
                T result = work.in(sql);
                open.commit();
                return result;
            } catch (SQLException e) {
                discard();
                boolean isRepeatable = REPEATABLE.contains(String.valueOf(e.getSQLState())) && attempt < TRIES;
                if (!isRepeatable && !(isRead && isOpen && isEnded(e))) {
                    throw failed(e);
                }
            } catch (IOException e) {
                discard();
                throw new MetricStoreException(address.name() + ": the file of the password cannot be read: " + e, e);
            } catch (MetricStoreException | BrokenCounterException e) {
                discard();
                throw e;
            } catch (RuntimeException | Error e) {
                discard();
                ForeignCode.caught(e);
                throw failed(e);
            }
        }
    }

    private Connection connected() throws SQLException, IOException {
        Connection known = connection;
        if (known == null) {
            known = new Driver().connect(address.url(), properties());
            if (known == null) {
                throw new SQLException("the driver does not accept the address");
            }
            connection = known;
            known.setAutoCommit(false);
        }
        return known;
    }

    private Properties properties() throws IOException {
        Properties properties = address.properties(environment);
        int seconds = (int) Math.max(1, timeout.toSeconds());
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, 2 * seconds);
        // The server ends a statement first; this is for a server that does not answer at all.
        PGProperty.SOCKET_TIMEOUT.set(properties, 2 * seconds);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.APPLICATION_NAME.set(properties, "internal-events");
        PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
        // Statements with names fail behind poolers that change the connection.
        PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        // The detail contains values of events.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
        return properties;
    }

    /** Limits what a transaction may wait for, and how long the server keeps the locks of one whose process is gone. */
    private void limit(Sql sql) throws SQLException {
        String millis = timeout.toMillis() + "ms";
        try (PreparedStatement statement = sql.prepare("SELECT set_config('statement_timeout', ?, true),"
                        + " set_config('lock_timeout', ?, true),"
                        + " set_config('idle_in_transaction_session_timeout', ?, true)");
                ResultSet ignored = sql.query(statement, millis, millis, 4 * timeout.toMillis() + "ms")) {
            ignored.next();
        }
    }

    /** Returns whether the connection has ended, and not because the server took too long. */
    private static boolean isEnded(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        return (state.startsWith("08") && !(error.getCause() instanceof SocketTimeoutException))
                || ENDED.contains(state);
    }

    private MetricStoreException failed(Throwable error) {
        String state = error instanceof SQLException sql ? sql.getSQLState() : null;
        boolean isUnreachable = state == null || state.startsWith("08");
        return new MetricStoreException(
                address.name() + (isUnreachable ? " cannot be reached: " : " answered with an error: ") + reason(error),
                error);
    }

    /** Returns the driver's sentence; for a refused connection our own, because the driver repeats the address. */
    private static String reason(Throwable error) {
        Throwable cause = error.getCause();
        if (cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused")) {
            return "connection refused; start PostgreSQL, or correct the address";
        }
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    }

    private void discard() {
        Connection open = connection;
        connection = null;
        hasTables = false;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException | RuntimeException | Error e) {
                ForeignCode.caught(e);
            }
        }
    }

    @Override
    public synchronized void close() {
        discard();
    }
}
