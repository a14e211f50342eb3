package dev.internalevents.lake;

import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import dev.internalevents.store.SchemaColumns;
import dev.internalevents.store.StoredEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An event by columns. One object serves all rows of a table, one after the other. */
final class Row {

    private final TypedColumns columns;
    private final List<List<@Nullable Object>> data = new ArrayList<>();
    private final Map<String, @Nullable Object> more = new LinkedHashMap<>();
    private @Nullable StoredEvent event;

    Row(TypedColumns columns) {
        this.columns = columns;
        for (int i = 0; i < columns.size(); i++) {
            data.add(new ArrayList<>(1));
        }
    }

    /** Makes this the row of an event. */
    void of(StoredEvent stored) {
        event = stored;
        more.clear();
        for (List<@Nullable Object> values : data) {
            if (!values.isEmpty()) {
                values.clear();
            }
        }
        if (stored.event() instanceof GoodEvent good) {
            contexts(good.contexts().list());
            contexts(good.derivedContexts().list());
            UnstructEvent unstruct = good.unstruct();
            if (unstruct != null) {
                int index = columns.ofUnstructEvent(unstruct.event().schema());
                if (index >= 0) {
                    data.get(index).add(unstruct.event().data());
                } else {
                    more.put(
                            SchemaColumns.ofUnstructEvent(unstruct.event().schema()),
                            unstruct.event().data());
                }
            }
        }
    }

    @SuppressWarnings("unchecked") // Each such value is a list created here.
    private void contexts(List<SelfDescribingJson> contexts) {
        for (SelfDescribingJson context : contexts) {
            int index = columns.ofContexts(context.schema());
            if (index >= 0) {
                data.get(index).add(context.data());
            } else {
                ((List<@Nullable Object>) Objects.requireNonNull(more.computeIfAbsent(
                                SchemaColumns.ofContexts(context.schema()), column -> new ArrayList<>(1))))
                        .add(context.data());
            }
        }
    }

    StoredEvent event() {
        return Objects.requireNonNull(event, "of() comes first");
    }

    /** Returns the data for a typed column, by its index; empty for none. */
    List<@Nullable Object> data(int index) {
        return data.get(index);
    }

    /** Adds the JSON of a typed column's data, of which some does not fit its fields. */
    void add(String column, @Nullable Object json) {
        more.put(column, json);
    }

    /** Returns the JSON of what has no column, an object by column name; null if everything has one. */
    @Nullable
    String more() {
        return more.isEmpty() ? null : Json.write(more);
    }

    /** Returns why the event failed, a sentence for each reason; empty for a good event. */
    List<String> errors() {
        return event().event() instanceof FailedEvent failed
                ? failed.failures().stream().map(Failure::sentence).toList()
                : List.of();
    }
}
