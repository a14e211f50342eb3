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
import java.util.function.Predicate;
import org.apache.iceberg.Schema;
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

    /** Returns the columns that {@link #test} needs. */
    static Schema columns(Schema table, boolean failed) {
        return table.select(table.columns().stream()
                .map(Types.NestedField::name)
                .filter(name -> List.of(
                                        ColumnNames.NUMBER,
                                        ColumnNames.COLLECTOR,
                                        ColumnNames.TIME,
                                        ColumnNames.MORE,
                                        ERRORS,
                                        USER)
                                .contains(name)
                        || isOfPersons(name)
                        || (failed && table.findType(name).typeId() == Type.TypeID.STRING && !isVersion(name)))
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
        Long number = row.getField(ColumnNames.NUMBER) instanceof Long known ? known : null;
        boolean isOurs = order.collector().toString().equals(row.getField(ColumnNames.COLLECTOR));
        boolean isLater = (isOurs && number != null) ? number > order.through() : isLater(row);
        if (isLater) {
            return false;
        }
        return (failed && isOurs && number != null && order.failed().contains(number))
                || persons.isUser(row.getField(USER))
                || (failed ? isMentioned(row) : isInColumns(row));
    }

    private boolean isLater(Record row) {
        return row.getField(ColumnNames.TIME) instanceof OffsetDateTime time
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
        return row.getField(ColumnNames.MORE) instanceof String more && isInMore(more);
    }

    /** Returns whether a value, a struct or a list of structs, has one of the ids. */
    private boolean isAbout(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.stream().anyMatch(this::isAbout);
        }
        return value instanceof Record struct
                && (persons.isUser(value(struct, USER)) || persons.isGlobalUser(value(struct, GLOBAL_USER)));
    }

    private static @Nullable Object value(Record struct, String name) {
        Types.NestedField field = struct.struct().field(name);
        Object value = field == null ? null : struct.getField(name);
        // A field with several types has JSON text, by the comment of its column.
        return value instanceof String text && field != null && "JSON".equals(field.doc()) ? json(text) : value;
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
            String name = columns.get(i).name();
            // The row may be that of another reader, with all columns.
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
