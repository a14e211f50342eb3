package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Increments.Slot;
import dev.internalevents.metrics.store.UniqueParts;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges unique values into the parts of their counts. A part that has them already, the usual case, is neither locked
 * nor written.
 */
final class UniqueRows {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresMetricStore.class);
    private static final byte[] EMPTY = {};

    private static final String KEYS =
            " JOIN unnest(?::text[], ?::int[], ?::int[]) AS k (counter, week, part) USING (counter, week, part)";

    private final String store;
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** @param store the name for messages */
    UniqueRows(String store) {
        this.store = store;
    }

    /** The key of a row. */
    private record Key(Cell cell, int part) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::cell).thenComparingInt(Key::part);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    void add(Sql sql, Map<Slot, Set<String>> uniques) throws SQLException {
        Map<Key, LongStream.Builder> builders = new TreeMap<>();
        uniques.forEach((slot, values) -> {
            List<Cell> cells = Cell.of(slot);
            for (String value : values) {
                long hash = UniqueParts.hash(value);
                for (Cell cell : cells) {
                    builders.computeIfAbsent(new Key(cell, UniqueParts.partOf(hash)), added -> LongStream.builder())
                            .add(hash);
                }
            }
        });
        Map<Key, long[]> hashes = new TreeMap<>();
        builders.forEach((key, builder) -> hashes.put(key, builder.build().toArray()));
        Sql.inParts(hashes.keySet(), keys -> addSome(sql, keys, hashes));
    }

    private void addSome(Sql sql, List<Key> keys, Map<Key, long[]> hashes) throws SQLException {
        List<Key> changing =
                List.copyOf(merged(keys, contents(sql, keys, ""), hashes).keySet());
        if (changing.isEmpty()) {
            return;
        }
        sql.update(
                "INSERT INTO $unique (counter, week, part, content)"
                        + " SELECT *, ''::bytea FROM unnest(?::text[], ?::int[], ?::int[]) ON CONFLICT DO NOTHING",
                keyColumns(sql, changing));
        Map<Key, byte[]> locked = contents(sql, changing, " ORDER BY counter, week, part FOR UPDATE OF u");
        List<Map.Entry<Key, byte[]>> changed =
                List.copyOf(merged(changing, locked, hashes).entrySet());
        List<Key> written = changed.stream().map(Map.Entry::getKey).toList();
        Object[] key = keyColumns(sql, written);
        sql.update(
                "UPDATE $unique AS u SET content = k.content, changed = now()"
                        + " FROM unnest(?::text[], ?::int[], ?::int[], ?::bytea[]) AS k (counter, week, part, content)"
                        + " WHERE u.counter = k.counter AND u.week = k.week AND u.part = k.part",
                key[0],
                key[1],
                key[2],
                sql.bytes(changed, Map.Entry::getValue));
    }

    private static Object[] keyColumns(Sql sql, List<Key> keys) throws SQLException {
        return new Object[] {
            sql.texts(keys, key -> key.cell().counter()),
            sql.integers(keys, key -> key.cell().week()),
            sql.integers(keys, Key::part)
        };
    }

    private static Map<Key, byte[]> contents(Sql sql, List<Key> keys, String end) throws SQLException {
        Map<Key, byte[]> contents = new HashMap<>();
        try (PreparedStatement statement =
                        sql.prepare("SELECT counter, week, part, u.content FROM $unique AS u" + KEYS + end);
                ResultSet row = sql.query(statement, keyColumns(sql, keys))) {
            while (row.next()) {
                contents.put(new Key(new Cell(row.getString(1), row.getInt(2)), row.getInt(3)), row.getBytes(4));
            }
        }
        return contents;
    }

    /** Returns the parts that change, with their new contents. */
    private Map<Key, byte[]> merged(List<Key> keys, Map<Key, byte[]> contents, Map<Key, long[]> hashes) {
        Map<Key, byte[]> merged = new TreeMap<>();
        for (Key key : keys) {
            try {
                byte[] content =
                        UniqueParts.merge(contents.getOrDefault(key, EMPTY), hashes.getOrDefault(key, new long[0]));
                if (content != null) {
                    merged.put(key, content);
                }
            } catch (IllegalArgumentException e) {
                if (logged.add(key.cell().counter())) {
                    LOG.warn(
                            "{}: nothing is added to the unique count of {}: found {}; delete its rows in the table"
                                    + " internal_events_unique, and it is counted again. Other counts are not affected",
                            store,
                            key.cell().counter(),
                            e.getMessage());
                }
            }
        }
        return merged;
    }

    /** Adds up the parts of some counts. */
    static long count(Sql sql, List<Cell> cells) throws SQLException {
        UniqueParts all = new UniqueParts();
        List<Cell> some = new ArrayList<>(cells);
        try (PreparedStatement statement = sql.prepare("SELECT part, content FROM $unique"
                + " JOIN unnest(?::text[], ?::int[]) AS k (counter, week) USING (counter, week)")) {
            statement.setFetchSize(Sql.ROWS);
            try (ResultSet row = sql.query(statement, sql.texts(some, Cell::counter), sql.integers(some, Cell::week))) {
                while (row.next()) {
                    all.add(row.getInt(1), row.getBytes(2));
                }
            }
        }
        return all.count();
    }
}
