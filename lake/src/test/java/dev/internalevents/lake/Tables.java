package dev.internalevents.lake;

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

    /** Returns the rows by number. */
    static List<Record> rows(Path folder) {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> all = IcebergGenerics.read(open(folder)).build()) {
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
}
