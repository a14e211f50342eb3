package dev.internalevents.lake;

import dev.internalevents.lake.s3.S3Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** Reads tables with Iceberg's own reader. */
final class Tables {

    private Tables() {}

    static Table open(Path folder) {
        return new BaseTable(new FolderTable(folder), "read", report -> {});
    }

    /** Opens a table of an object store, without a catalog. */
    static Table open(S3Files files, String location) {
        return new BaseTable(new BucketTable(location, files), "read", report -> {});
    }

    /** Returns the rows by number. */
    static List<Record> rows(Path folder) {
        return rows(open(folder));
    }

    static List<Record> rows(Table table) {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> all = IcebergGenerics.read(table).build()) {
            all.forEach(rows::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        rows.sort(Comparator.comparing(row -> (Long) row.getField("number")));
        return rows;
    }

    static List<Long> numbers(Path folder) {
        return rows(folder).stream().map(row -> (Long) row.getField("number")).toList();
    }

    static List<Long> numbers(Table table) {
        return rows(table).stream().map(row -> (Long) row.getField("number")).toList();
    }
}
