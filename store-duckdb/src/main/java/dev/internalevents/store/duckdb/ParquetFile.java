package dev.internalevents.store.duckdb;

import dev.internalevents.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** Converts lines of JSON to a Parquet file with a column for each name, of a type that fits all its values. */
public final class ParquetFile {

    private ParquetFile() {}

    /**
     * Writes the file, replacing an existing one.
     *
     * @throws StoreException if the lines cannot be read or the file cannot be written
     */
    public static void fromNdjson(Path lines, Path file) {
        Properties properties = new Properties();
        properties.setProperty("memory_limit", "512MB");
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", properties);
                Statement sql = connection.createStatement()) {
            sql.execute("COPY (SELECT * FROM read_json("
                    + Column.literal(lines.toAbsolutePath().toString())
                    + ", format = 'newline_delimited', sample_size = -1, maximum_object_size = 67108864)) TO "
                    + Column.literal(file.toAbsolutePath().toString()) + " (FORMAT parquet, COMPRESSION zstd)");
        } catch (SQLException e) {
            throw new StoreException(file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
