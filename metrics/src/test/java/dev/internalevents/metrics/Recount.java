package dev.internalevents.metrics;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.Measure;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.SelectionRule;
import dev.internalevents.definitions.TimeFrame;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Computes the expected metrics of a workload with a database that contains every event. */
public final class Recount {

    private Recount() {}

    /** Returns the value of each key path, by SQL over the first events of the workload. */
    public static Map<String, BigDecimal> of(Dictionary dictionary, int events, Path folder) {
        Path csv = folder.resolve("events.csv");
        try (BufferedWriter out = Files.newBufferedWriter(csv)) {
            Workload.events(events, event -> write(out, event.csv()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE events AS SELECT * FROM read_csv('%s', header = false, quote = '"', escape = '"',
                        columns = {name: 'VARCHAR', happened: 'TIMESTAMP', "user.id": 'VARCHAR', "project.id": 'VARCHAR',
                        "namespace.id": 'VARCHAR', label: 'VARCHAR', value: 'DECIMAL(18, 4)', engine: 'VARCHAR',
                        tokens: 'DECIMAL(18, 4)'})""".formatted(csv));
            Map<String, BigDecimal> values = new TreeMap<>();
            for (MetricDefinition metric : dictionary.metrics()) {
                for (Map.Entry<String, TimeFrame> keyPath : metric.keyPaths().entrySet()) {
                    values.put(keyPath.getKey(), one(statement, sql(metric, keyPath.getValue())));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(BufferedWriter out, String line) {
        try {
            out.write(line);
            out.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sql(MetricDefinition metric, TimeFrame frame) {
        String where = metric.rules().stream().map(Recount::condition).collect(Collectors.joining(" OR ", "(", ")"));
        int weeks = frame == TimeFrame.SEVEN_DAYS ? 1 : 4;
        if (frame != TimeFrame.ALL) {
            String monday = "date_trunc('week', TIMESTAMP '2026-03-11 12:00:00')";
            where += " AND happened < " + monday + " AND happened >= " + monday + " - INTERVAL " + 7 * weeks + " DAY";
        }
        Measure measure = metric.rules().get(0).measure();
        String select = "count(*)";
        if (measure instanceof Measure.TotalBy) {
            // Each rule has its own property, so the events are added up rule by rule.
            String time = where.substring(where.indexOf(')', where.lastIndexOf(" OR ")) + 1);
            String and = frame == TimeFrame.ALL ? "" : time.substring(time.indexOf(" AND happened"));
            return metric.rules().stream()
                    .map(rule -> "(SELECT count(\""
                            + ((Measure.TotalBy) rule.measure()).by().term() + "\") FROM events WHERE "
                            + condition(rule) + and + ")")
                    .collect(Collectors.joining(" + ", "SELECT ", ""));
        }
        if (measure instanceof Measure.Unique unique) {
            select = "count(DISTINCT \"" + unique.by().term() + "\")";
        } else if (measure instanceof Measure.Sum) {
            select = "coalesce(sum(value), 0)";
        }
        return "SELECT " + select + " FROM events WHERE " + where;
    }

    private static String condition(SelectionRule rule) {
        StringBuilder sql = new StringBuilder("(name = '" + rule.event() + "'");
        rule.filter()
                .forEach((property, value) -> sql.append(" AND ")
                        .append(property)
                        .append(" = ")
                        .append(value instanceof String text ? "'" + text.replace("'", "''") + "'" : value));
        return sql.append(')').toString();
    }

    private static BigDecimal one(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getBigDecimal(1);
        }
    }
}
