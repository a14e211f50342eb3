package dev.internalevents.pipeline;

import dev.internalevents.protocol.Contexts;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a good event in the format that Snowplow's tools exchange: one line of 131 tab-separated fields. */
public final class EnrichedTsv {

    /** The columns in order: the atomic fields, with the three JSON columns in between. */
    public static final List<String> COLUMNS = columns();

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private EnrichedTsv() {}

    private static List<String> columns() {
        List<String> columns = new ArrayList<>();
        for (String name : AtomicFields.NAMES) {
            if (name.equals("domain_sessionid")) {
                columns.add("derived_contexts");
            }
            columns.add(name);
            if (name.equals("mkt_campaign")) {
                columns.add("contexts");
            } else if (name.equals("se_value")) {
                columns.add("unstruct_event");
            }
        }
        return List.copyOf(columns);
    }

    /** Returns the line, without a line end. */
    public static String write(GoodEvent event) {
        StringBuilder line = new StringBuilder(2048);
        for (String column : COLUMNS) {
            if (!column.equals("app_id")) {
                line.append('\t');
            }
            // Events stored by earlier versions may contain control characters. JSON columns escape them already.
            line.append(ControlCharacters.removed(value(event, column)));
        }
        return line.toString();
    }

    private static String value(GoodEvent event, String column) {
        return switch (column) {
            case "contexts" -> contexts(event.contexts());
            case "derived_contexts" -> contexts(event.derivedContexts());
            case "unstruct_event" -> {
                UnstructEvent unstruct = event.unstruct();
                yield unstruct == null
                        ? ""
                        : Json.write(new SelfDescribingJson(
                                        UnstructEvent.SCHEMA,
                                        Json.immutable(unstruct.event().toMap()))
                                .toMap());
            }
            default -> text(event.atomic().get(column));
        };
    }

    private static String contexts(Contexts contexts) {
        return contexts.isEmpty() ? "" : Json.write(contexts.toMap());
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        } else if (value instanceof Boolean flag) {
            return flag ? "1" : "0";
        }
        return value instanceof Instant time ? TIME.format(time) : value.toString();
    }
}
