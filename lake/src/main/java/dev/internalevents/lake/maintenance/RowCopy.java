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
import org.apache.iceberg.util.PartitionUtil;
import org.jspecify.annotations.Nullable;

/**
 * Copies the rows of data files into new ones, with all columns that the table has, and without the rows that delete
 * files of other engines name. Memory: a row group that is read, and one that is written.
 */
final class RowCopy {

    private static final int ROWS_BETWEEN_CHECKS = 500;

    private final Table table;
    private final Schema schema;
    private final BooleanSupplier stopping;

    /**
     * New files.
     *
     * @param read how many rows the old files had, without deleted ones
     */
    record Copied(List<DataFile> files, long read, long written) {}

    RowCopy(Table table, BooleanSupplier stopping) {
        this.table = table;
        this.schema = table.schema();
        this.stopping = stopping;
    }

    /** Reads some columns of all rows of a file, also of those that delete files name. */
    CloseableIterable<Record> readAll(FileScanTask task, Schema columns) {
        return open(task, columns);
    }

    /** Reads the rows of a file that readers see. Columns that delete files need may follow those of the table. */
    private CloseableIterable<Record> read(FileScanTask task) {
        GenericDeleteFilter deletes = new GenericDeleteFilter(table.io(), task, schema, schema);
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
     * @param fileBytes the size from which a new file is begun
     */
    Copied copy(List<FileScanTask> tasks, Predicate<Record> dropped, long fileBytes) {
        Output output = new Output(tasks.get(0), fileBytes);
        long read = 0;
        try {
            for (FileScanTask task : tasks) {
                try (CloseableIterable<Record> rows = read(task)) {
                    for (Record row : rows) {
                        if (read++ % ROWS_BETWEEN_CHECKS == 0) {
                            check();
                            output.roll();
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
        private final long fileBytes;
        private final List<DataFile> files = new ArrayList<>();
        private @Nullable DataWriter<Record> writer;
        private String location = "";
        private long written;

        private Output(FileScanTask like, long fileBytes) {
            this.like = like;
            this.spec = like.spec();
            this.fileBytes = fileBytes;
        }

        private void write(Record row) throws IOException {
            DataWriter<Record> to = writer;
            if (to == null) {
                to = begin();
                writer = to;
            }
            to.write(row);
            written++;
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

        private void roll() throws IOException {
            DataWriter<Record> to = writer;
            if (to != null && to.length() >= fileBytes) {
                end();
            }
        }

        private void end() throws IOException {
            DataWriter<Record> to = writer;
            if (to != null) {
                to.close();
                files.add(to.toDataFile());
                writer = null;
            }
        }

        private void discard() {
            DataWriter<Record> to = writer;
            if (to != null) {
                try {
                    to.close();
                } catch (IOException | RuntimeException e) {
                    // It is deleted anyway.
                }
                RowCopy.this.delete(location);
            }
            RowCopy.this.delete(files);
        }
    }
}
