package dev.internalevents.cli.monitor;

import dev.internalevents.cli.terminal.OneLine;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** An event that arrived, as lines without control characters; fields without a value are empty. */
record MonitoredEvent(Map<Field, String> values) {

    /** What is shown of an event, in this order. */
    enum Field {
        ACTION("event"),
        TIME("collector_tstamp"),
        CATEGORY("category"),
        USER("user_id"),
        NAMESPACE("namespace_id"),
        PROJECT("project_id"),
        PLAN("plan"),
        LABEL("label"),
        PROPERTY("property"),
        VALUE("value"),

        /** The custom properties as JSON. */
        EXTRA("extra");

        private final String title;

        Field(String title) {
            this.title = title;
        }

        /** Returns the name in printed lines and in JSON. */
        String title() {
            return title;
        }
    }

    MonitoredEvent {
        values = Collections.unmodifiableMap(new EnumMap<>(values));
    }

    /** Reads an event of the collector's answer. */
    static MonitoredEvent of(JsonNode event) {
        JsonNode standard = event.path("contexts_com_gitlab_gitlab_standard_1").path(0);
        String user = text(standard, "user_id");
        Map<Field, String> values = new EnumMap<>(Field.class);
        values.put(Field.ACTION, text(event, "se_action"));
        values.put(Field.TIME, text(event, "collector_tstamp"));
        values.put(Field.CATEGORY, text(event, "se_category"));
        values.put(Field.USER, user.isEmpty() ? text(standard, "global_user_id") : user);
        values.put(Field.NAMESPACE, text(standard, "namespace_id"));
        values.put(Field.PROJECT, text(standard, "project_id"));
        values.put(Field.PLAN, text(standard, "plan"));
        values.put(Field.LABEL, text(event, "se_label"));
        values.put(Field.PROPERTY, text(event, "se_property"));
        values.put(Field.VALUE, text(event, "se_value"));
        JsonNode extra = standard.path("extra");
        values.put(Field.EXTRA, extra.isEmpty() ? "" : OneLine.of(extra.toString()));
        return new MonitoredEvent(values);
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isMissingNode() || value.isNull() ? "" : OneLine.of(value.asString());
    }

    String get(Field field) {
        return values.getOrDefault(field, "");
    }
}
