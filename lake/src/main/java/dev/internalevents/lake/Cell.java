package dev.internalevents.lake;

import dev.internalevents.pipeline.AtomicFields;
import java.util.List;
import java.util.Objects;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Writes a column of a Parquet file, row by row, directly to Parquet's column writers. */
abstract class Cell {

    /** Connects the cell with a row group of a file. */
    abstract void open(ColumnWriteStore store, MessageType file);

    /** Writes the value of a row. */
    abstract void write(Row row);

    /** The number of the event. */
    static final class EventNumber extends Plain {
        EventNumber(String name) {
            super(name);
        }

        @Override
        void write(Row row) {
            writer.write(row.event().number(), 0, definition);
        }
    }

    /** The same text in each row. */
    static final class Constant extends Plain {
        private final Binary text;

        Constant(String name, String text) {
            super(name);
            this.text = Kind.binary(text);
        }

        @Override
        void write(Row row) {
            writer.write(text, 0, definition);
        }
    }

    /** An atomic field. */
    static final class Atomic extends Plain {
        private final int ordinal;
        private final Kind kind;

        Atomic(int ordinal) {
            super(AtomicFields.NAMES.get(ordinal));
            this.ordinal = ordinal;
            this.kind = Kind.ofAtomic(AtomicFields.NAMES.get(ordinal));
        }

        @Override
        void write(Row row) {
            Object value = row.event().event().atomic().get(ordinal);
            if (value != null && kind.fits(value)) {
                kind.write(writer, value, 0, definition);
            } else {
                writer.writeNull(0, definition - 1);
            }
        }
    }

    /** The JSON of what has no column; written after all columns with types. */
    static final class More extends Plain {
        More(String name) {
            super(name);
        }

        @Override
        void write(Row row) {
            String more = row.more();
            if (more == null) {
                writer.writeNull(0, definition - 1);
            } else {
                writer.write(Kind.binary(more), 0, definition);
            }
        }
    }

    /** The list of reasons why an event failed. */
    static final class Errors extends Cell {
        private final String name;
        private @Nullable ColumnWriter writer;
        private int definition;

        Errors(String name) {
            this.name = name;
        }

        @Override
        void open(ColumnWriteStore store, MessageType file) {
            ColumnDescriptor column = file.getColumnDescription(new String[] {name, "list", "element"});
            writer = store.getColumnWriter(column);
            definition = column.getMaxDefinitionLevel();
        }

        @Override
        void write(Row row) {
            ColumnWriter to = Objects.requireNonNull(writer);
            List<String> errors = row.errors();
            if (errors.isEmpty()) {
                to.writeNull(0, 0);
            }
            for (int i = 0; i < errors.size(); i++) {
                to.write(Kind.binary(errors.get(i)), i == 0 ? 0 : 1, definition);
            }
        }
    }

    /** A column at the top of the file. */
    private abstract static class Plain extends Cell {
        private final String name;
        ColumnWriter writer;
        int definition;

        @SuppressWarnings("NullAway.Init") // open() comes first.
        Plain(String name) {
            this.name = name;
        }

        @Override
        void open(ColumnWriteStore store, MessageType file) {
            ColumnDescriptor column = file.getColumnDescription(new String[] {name});
            writer = store.getColumnWriter(column);
            definition = column.getMaxDefinitionLevel();
        }
    }

    /** The data of contexts, or of a self-describing event, by fields. */
    static final class Typed extends Cell {
        private final int index;
        private final TypedColumns.Column column;
        private final FieldOrder order;
        private final Kind[] kinds;
        private final ColumnWriter[] writers;
        /** The definition level of a value; one less for a missing field, and 0 if there is no data at all. */
        private int definition;

        Typed(int index, TypedColumns.Column column) {
            this.index = index;
            this.column = column;
            this.order = new FieldOrder(column.fields().keySet());
            this.kinds = column.fields().values().toArray(new Kind[0]);
            this.writers = new ColumnWriter[kinds.length];
        }

        @Override
        void open(ColumnWriteStore store, MessageType file) {
            int i = 0;
            for (String name : column.fields().keySet()) {
                String[] path = column.isList()
                        ? new String[] {column.name(), "list", "element", name}
                        : new String[] {column.name(), name};
                ColumnDescriptor descriptor = file.getColumnDescription(path);
                writers[i++] = store.getColumnWriter(descriptor);
                definition = descriptor.getMaxDefinitionLevel();
            }
        }

        @Override
        void write(Row row) {
            List<@Nullable Object> data = row.data(index);
            if (data.isEmpty()) {
                for (ColumnWriter writer : writers) {
                    writer.writeNull(0, 0);
                }
                return;
            }
            // A second self-describing event of one event does not exist.
            int count = column.isList() ? data.size() : 1;
            boolean fits = true;
            for (int i = 0; i < count; i++) {
                fits &= write(data.get(i), i == 0 ? 0 : 1);
            }
            if (!fits) {
                row.add(column.name(), column.isList() ? List.copyOf(data) : data.get(0));
            }
        }

        /** Returns whether the fields have everything that the data has. */
        private boolean write(@Nullable Object data, int repetition) {
            boolean fits = order.read(data);
            for (int i = 0; i < kinds.length; i++) {
                Object value = order.take(i);
                if (value != null && kinds[i].fits(value)) {
                    kinds[i].write(writers[i], value, repetition, definition);
                } else {
                    writers[i].writeNull(repetition, definition - 1);
                    fits &= value == null;
                }
            }
            return fits;
        }
    }
}
