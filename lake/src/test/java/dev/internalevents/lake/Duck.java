package dev.internalevents.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBStruct;

/** Reads Parquet files with DuckDB. */
final class Duck {

    private Duck() {}

    /** Returns what reads all files in a folder, for SQL. */
    static String files(Path folder) {
        return "read_parquet('%s/**/*.parquet', hive_partitioning = true, union_by_name = true, filename = true)"
                .formatted(folder);
    }

    /** Returns whether a folder has a file that DuckDB would read; without one, its functions fail. */
    static boolean hasFiles(Path folder) {
        return !paths(folder).isEmpty();
    }

    /** Returns the files that DuckDB would read, by their paths in the folder; also while files are renamed. */
    static List<String> paths(Path folder) {
        List<String> paths = new ArrayList<>();
        try (DirectoryStream<Path> days = Files.newDirectoryStream(folder, "collector_date=*")) {
            for (Path day : days) {
                if (Files.isDirectory(day)) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(day, "*.parquet")) {
                        files.forEach(file -> paths.add(folder.relativize(file).toString()));
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        paths.sort(Comparator.naturalOrder());
        return paths;
    }

    /** Returns the numbers of the events in a folder, ascending. */
    static List<Long> numbers(Path folder) throws SQLException {
        if (!hasFiles(folder)) {
            return List.of();
        }
        return rows("SELECT number FROM " + files(folder) + " ORDER BY number").stream()
                .map(row -> (Long) row.get("number"))
                .toList();
    }

    /**
     * Runs statements, and returns the rows of the last one by column, without the columns that are null. Times are
     * instants, structs maps without their fields that are null, and arrays lists.
     */
    static List<Map<String, Object>> rows(String... statements) throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
                Statement sql = database.createStatement()) {
            for (int i = 0; i < statements.length - 1; i++) {
                sql.execute(statements[i]);
            }
            List<Map<String, Object>> rows = new ArrayList<>();
            try (ResultSet found = sql.executeQuery(statements[statements.length - 1])) {
                int columns = found.getMetaData().getColumnCount();
                while (found.next()) {
                    Map<String, Object> row = new LinkedHashMap<>();
                    for (int i = 1; i <= columns; i++) {
                        put(row, found.getMetaData().getColumnLabel(i), found.getObject(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        }
    }

    private static void put(Map<String, Object> row, String name, Object value) throws SQLException {
        if (value != null) {
            row.put(name, plain(value));
        }
    }

    private static Object plain(Object value) throws SQLException {
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        } else if (value instanceof Array array) {
            List<Object> list = new ArrayList<>();
            for (Object element : (Object[]) array.getArray()) {
                list.add(plain(element));
            }
            return list;
        } else if (value instanceof DuckDBStruct struct) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (Map.Entry<String, Object> field : struct.getMap().entrySet()) {
                put(fields, field.getKey(), field.getValue());
            }
            return fields;
        }
        return value;
    }
}
