package dev.internalevents.lake.maintenance;

import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.store.SchemaColumns;
import dev.internalevents.store.SinkForget;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The rows of persons who are to be forgotten, of the events that were received before that was asked. A good event is
 * matched as the store matches it; a failed one by its number as well, because the request that the store searches is
 * not in the table.
 */
final class PersonRows implements Predicate<Record> {

    private static final String USER = "user_id";
    private static final String GLOBAL_USER = "global_user_id";
    private static final String ERRORS = "errors";
    private static final List<String> PREFIXES = SchemaColumns.prefixes("com.gitlab", "gitlab_standard");

    private final SinkForget order;
    private final PersonMatch persons;
    private final boolean failed;

    PersonRows(SinkForget order, boolean failed) {
        this.order = order;
        this.persons = new PersonMatch(order.persons());
        this.failed = failed;
    }

    /** Returns the columns that {@link #test} needs, under their original names. */
    static Schema columns(Table table, boolean failed) {
        Schema all = OriginalNames.of(table);
        return all.select(all.columns().stream()
                .map(Types.NestedField::name)
                .filter(name -> List.of(
                                        ColumnNames.NUMBER,
                                        ColumnNames.COLLECTOR,
                                        ColumnNames.TIME,
                                        ColumnNames.MORE,
                                        ERRORS,
                                        USER)
                                .contains(OriginalNames.first(name))
                        || isOfPersons(name)
                        || (failed && all.findType(name).typeId() == Type.TypeID.STRING && !isVersion(name)))
                .toList());
    }

    /** Returns whether a column says which software wrote the row, which may look like an id by chance. */
    private static boolean isVersion(String column) {
        return column.startsWith("v_");
    }

    private static boolean isOfPersons(String column) {
        return PREFIXES.stream().anyMatch(column::startsWith);
    }

    @Override
    public boolean test(Record row) {
        Long number = first(row, ColumnNames.NUMBER) instanceof Long known ? known : null;
        boolean isOurs = order.collector().toString().equals(first(row, ColumnNames.COLLECTOR));
        boolean isLater = (isOurs && number != null) ? number > order.through() : isLater(row);
        if (isLater) {
            return false;
        }
        return (failed && isOurs && number != null && order.failed().contains(number))
                || values(row, USER).anyMatch(persons::isUser)
                || (failed ? isMentioned(row) : isInColumns(row));
    }

    private boolean isLater(Record row) {
        return first(row, ColumnNames.TIME) instanceof OffsetDateTime time
                && time.toInstant().isAfter(order.asked());
    }

    private boolean isInColumns(Record row) {
        List<Types.NestedField> columns = row.struct().fields();
        for (int i = 0; i < columns.size(); i++) {
            Types.NestedField column = columns.get(i);
            if (isOfPersons(column.name()) && isAbout(row.get(i))) {
                return true;
            }
        }
        return values(row, ColumnNames.MORE).anyMatch(more -> more instanceof String text && isInMore(text));
    }

    /** Returns whether a value, a struct or a list of structs, has one of the ids. */
    private boolean isAbout(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.stream().anyMatch(this::isAbout);
        }
        return value instanceof Record struct
                && (fields(struct, USER).anyMatch(persons::isUser)
                        || fields(struct, GLOBAL_USER).anyMatch(persons::isGlobalUser));
    }

    /** Returns the values of the fields that had a name first. */
    private static Stream<Object> fields(Record struct, String name) {
        // A field with several types has JSON text, by the comment of its column.
        return values(
                struct,
                name,
                (field, value) -> value instanceof String text && "JSON".equals(field.doc()) ? json(text) : value);
    }

    /** Returns the values of the columns that had a name first. */
    private static Stream<Object> values(Record row, String name) {
        return values(row, name, (column, value) -> value);
    }

    private static Stream<Object> values(
            Record struct, String name, BiFunction<Types.NestedField, @Nullable Object, @Nullable Object> read) {
        List<Types.NestedField> fields = struct.struct().fields();
        Stream.Builder<Object> values = Stream.builder();
        for (int i = 0; i < fields.size(); i++) {
            if (OriginalNames.first(fields.get(i).name()).equals(name)) {
                Object value = read.apply(fields.get(i), struct.get(i));
                if (value != null) {
                    values.add(value);
                }
            }
        }
        return values.build();
    }

    private static @Nullable Object first(Record struct, String name) {
        return values(struct, name).findFirst().orElse(null);
    }

    private boolean isInMore(String more) {
        if (PREFIXES.stream().noneMatch(more::contains) || !(json(more) instanceof Map<?, ?> columns)) {
            return false;
        }
        return columns.entrySet().stream()
                .anyMatch(column -> isOfPersons(String.valueOf(column.getKey())) && isData(column.getValue()));
    }

    private boolean isData(@Nullable Object data) {
        if (data instanceof List<?> list) {
            return list.stream().anyMatch(this::isData);
        }
        return data instanceof Map<?, ?> object
                && (persons.isUser(object.get(USER)) || persons.isGlobalUser(object.get(GLOBAL_USER)));
    }

    private static @Nullable Object json(String text) {
        try {
            return Json.parse(text);
        } catch (MalformedPayloadException e) {
            return null;
        }
    }

    private boolean isMentioned(Record row) {
        List<Types.NestedField> columns = row.struct().fields();
        for (int i = 0; i < columns.size(); i++) {
            String name = OriginalNames.first(columns.get(i).name());
            Object value = name.equals(ColumnNames.COLLECTOR) || isVersion(name) ? null : row.get(i);
            if (value instanceof String text
                    ? persons.isMentioned(text)
                    : value instanceof Collection<?> list
                            && list.stream().anyMatch(one -> one instanceof String text && persons.isMentioned(text))) {
                return true;
            }
        }
        return false;
    }
}
