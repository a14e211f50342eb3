package dev.internalevents.lake.maintenance;

import dev.internalevents.protocol.ForeignCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.util.PartitionUtil;
import org.jspecify.annotations.Nullable;

/**
 * Copies the rows of data files into new ones, with all columns that the table has, and without the rows that delete
 * files of other engines name. Memory: a row group that is read, and one that is written.
 */
final class RowCopy {

    private static final int ROWS_BETWEEN_CHECKS = 500;

    private final Table table;
    private final BooleanSupplier stopping;

    /**
     * New files.
     *
     * @param read how many rows the old files had, without deleted ones
     */
    record Copied(List<DataFile> files, long read, long written) {}

    RowCopy(Table table, BooleanSupplier stopping) {
        this.table = table;
        this.stopping = stopping;
    }

    /** The name of the column with the position of a row in its file, after those of the table. */
    private static final String POSITION = MetadataColumns.ROW_POSITION.name();

    /** Reads some columns of all rows of a file, also of those that delete files name. */
    CloseableIterable<Record> readAll(FileScanTask task, Schema columns) {
        return open(task, columns);
    }

    /** Reads the rows of a file that readers see. Columns that delete files need may follow those of the table. */
    /** Returns the position of a row that is copied in its file. */
    static long position(Record row) {
        return (Long) row.getField(POSITION);
    }

    private CloseableIterable<Record> read(FileScanTask task, Schema schema) {
        GenericDeleteFilter deletes = new GenericDeleteFilter(
                table.io(), task, schema, TypeUtil.join(schema, new Schema(MetadataColumns.ROW_POSITION)));
        return deletes.filter(open(task, deletes.requiredSchema()));
    }

    private CloseableIterable<Record> open(FileScanTask task, Schema needed) {
        Parquet.ReadBuilder reader = Parquet.read(
                        table.io().newInputFile(task.file().location()))
                .project(needed)
                .createReaderFunc(file -> GenericParquetReaders.buildReader(
                        needed, file, PartitionUtil.constantsMap(task, IdentityPartitionConverters::convertConstant)));
        String names = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
        if (names != null) {
            reader.withNameMapping(NameMappingParser.fromJson(names));
        }
        return reader.build();
    }

    /**
     * Copies files of one partition, in their order.
     *
     * @param dropped the rows that are not copied
     * @param fileBytes about the least size of the new files, if there are more than one
     */
    Copied copy(List<FileScanTask> tasks, Predicate<Record> dropped, long fileBytes) {
        Schema schema = table.schema();
        Output output = new Output(tasks.get(0), rowsOfAFile(tasks, fileBytes));
        long read = 0;
        try {
            for (FileScanTask task : tasks) {
                try (CloseableIterable<Record> rows = read(task, schema)) {
                    for (Record row : rows) {
                        if (read++ % ROWS_BETWEEN_CHECKS == 0) {
                            check();
                        }
                        if (!dropped.test(row)) {
                            output.write(row);
                        }
                    }
                }
            }
            output.end();
            return new Copied(output.files, read, output.written);
        } catch (IOException e) {
            output.discard();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            output.discard();
            throw e;
        }
    }

    /** The size of the old files says more than that of an unfinished one, which is not compressed yet. */
    private static long rowsOfAFile(List<FileScanTask> tasks, long fileBytes) {
        long rows = 0;
        long bytes = 0;
        for (FileScanTask task : tasks) {
            rows += task.file().recordCount();
            bytes += task.file().fileSizeInBytes();
        }
        long files = Math.max(1, bytes / fileBytes);
        return (rows + files - 1) / files;
    }

    /** @throws StoppedException if the collector stops */
    void check() {
        if (stopping.getAsBoolean()) {
            throw new StoppedException();
        }
    }

    /** Deletes files that are not part of the table; does not throw. */
    void delete(Collection<DataFile> files) {
        files.forEach(file -> delete(file.location()));
    }

    private void delete(String location) {
        try {
            table.io().deleteFile(location);
        } catch (RuntimeException | Error e) {
            ForeignCode.caught(e);
            // It is deleted later, with other files that no snapshot names.
        }
    }

    private final class Output {
        private final PartitionSpec spec;
        private final FileScanTask like;
        private final long fileRows;
        private final List<DataFile> files = new ArrayList<>();
        private @Nullable DataWriter<Record> writer;
        private String location = "";
        private long written;
        private long inFile;

        private Output(FileScanTask like, long fileRows) {
            this.like = like;
            this.spec = like.spec();
            this.fileRows = fileRows;
        }

        private void write(Record row) throws IOException {
            DataWriter<Record> to = writer;
            if (to == null) {
                to = begin();
                writer = to;
            }
            to.write(row);
            written++;
            if (++inFile >= fileRows) {
                end();
            }
        }

        private DataWriter<Record> begin() throws IOException {
            location = table.locationProvider()
                    .newDataLocation(spec, like.file().partition(), "merged-" + UUID.randomUUID() + ".parquet");
            return Parquet.writeData(table.io().newOutputFile(location))
                    .forTable(table)
                    .withSpec(spec)
                    .withPartition(like.file().partition())
                    .createWriterFunc(GenericParquetWriter::create)
                    .build();
        }

        private void end() throws IOException {
            DataWriter<Record> to = writer;
            if (to != null) {
                to.close();
                files.add(to.toDataFile());
                writer = null;
                inFile = 0;
            }
        }

        private void discard() {
            DataWriter<Record> to = writer;
            if (to != null) {
                try {
                    to.close();
                } catch (IOException | RuntimeException | Error e) {
                    ForeignCode.caught(e);
                    // It is deleted anyway.
                }
                RowCopy.this.delete(location);
            }
            RowCopy.this.delete(files);
        }
    }
}
