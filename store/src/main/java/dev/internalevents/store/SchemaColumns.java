package dev.internalevents.store;

import dev.internalevents.protocol.SchemaKey;
import java.util.List;

/**
 * Names of the columns with the data of schemas: {@code contexts_vendor_name_model} with the list of an event's
 * contexts of a schema, and {@code unstruct_event_vendor_name_model} with the data of a self-describing event. The
 * names match those of Snowplow's loaders.
 */
public final class SchemaColumns {

    private static final String CONTEXTS = "contexts_";
    private static final String UNSTRUCT_EVENT = "unstruct_event_";

    private SchemaColumns() {}

    /** Returns the column name for contexts of a schema. */
    public static String ofContexts(SchemaKey schema) {
        return CONTEXTS + name(schema);
    }

    /** Returns the column name for self-describing events of a schema. */
    public static String ofUnstructEvent(SchemaKey schema) {
        return UNSTRUCT_EVENT + name(schema);
    }

    /** Returns what the column names of all models of a schema begin with. */
    public static List<String> prefixes(String vendor, String schema) {
        String name = plain(vendor + "_" + schema) + "_";
        return List.of(CONTEXTS + name, UNSTRUCT_EVENT + name);
    }

    /** Returns whether a column with this name contains a list of contexts. */
    public static boolean isContexts(String column) {
        return column.startsWith(CONTEXTS);
    }

    /** Returns whether a column with this name contains the data of a schema: contexts or a self-describing event. */
    public static boolean isOfSchema(String column) {
        return column.startsWith(CONTEXTS) || column.startsWith(UNSTRUCT_EVENT);
    }

    private static String name(SchemaKey schema) {
        return plain(schema.vendor() + "_" + schema.name()) + "_"
                + schema.version().model();
    }

    private static String plain(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            plain.append(isPlain ? Character.toLowerCase(c) : '_');
        }
        return plain.toString();
    }
}
