package dev.internalevents.definitions;

import java.util.List;
import java.util.stream.Stream;

/** The keys of definition files, as they are read, written, and described by the editor's schemas. */
public final class Keys {

    public static final String ACTION = "action";
    public static final String ADDITIONAL_PROPERTIES = "additional_properties";
    public static final String CATEGORY = "category";
    public static final String CLASSIFICATION = "classification";
    public static final String DATA_CATEGORY = "data_category";
    public static final String DATA_SOURCE = "data_source";
    public static final String DESCRIPTION = "description";
    public static final String EVENTS = "events";
    public static final String EXTRA_PROPERTIES = "extra_properties";
    public static final String EXTRA_TRACKERS = "extra_trackers";
    public static final String FILTER = "filter";
    public static final String IDENTIFIERS = "identifiers";
    public static final String IGLU_SCHEMA_URL = "iglu_schema_url";
    public static final String INSTRUMENTATION_CLASS = "instrumentation_class";
    public static final String INTERNAL_EVENTS = "internal_events";
    public static final String INTRODUCED_BY_URL = "introduced_by_url";
    public static final String KEY_PATH = "key_path";
    public static final String MILESTONE = "milestone";
    public static final String MILESTONE_REMOVED = "milestone_removed";
    public static final String NAME = "name";
    public static final String OPERATOR = "operator";
    public static final String OPTIONS = "options";
    public static final String PERFORMANCE_INDICATOR_TYPE = "performance_indicator_type";
    public static final String PRODUCT_CATEGORIES = "product_categories";
    public static final String PRODUCT_GROUP = "product_group";
    public static final String PROTECTED_PROPERTIES = "protected_properties";
    public static final String REMOVED_BY_URL = "removed_by_url";
    public static final String REPAIR_ISSUE_URL = "repair_issue_url";
    public static final String STATUS = "status";
    public static final String TIERS = "tiers";
    public static final String TIME_FRAME = "time_frame";
    public static final String TRACKING_CLASS = "tracking_class";
    public static final String UNIQUE = "unique";
    public static final String VALUE_JSON_SCHEMA = "value_json_schema";
    public static final String VALUE_TYPE = "value_type";

    /** The keys of an event. */
    public static final List<String> OF_EVENTS = List.of(
            DESCRIPTION,
            INTERNAL_EVENTS,
            CATEGORY,
            ACTION,
            IDENTIFIERS,
            ADDITIONAL_PROPERTIES,
            PRODUCT_GROUP,
            PRODUCT_CATEGORIES,
            MILESTONE,
            STATUS,
            MILESTONE_REMOVED,
            REMOVED_BY_URL,
            INTRODUCED_BY_URL,
            TIERS,
            CLASSIFICATION,
            EXTRA_TRACKERS,
            EXTRA_PROPERTIES,
            IGLU_SCHEMA_URL);

    /** The keys of a metric. */
    public static final List<String> OF_METRICS = List.of(
            KEY_PATH,
            DESCRIPTION,
            NAME,
            PRODUCT_GROUP,
            PRODUCT_CATEGORIES,
            VALUE_TYPE,
            STATUS,
            TIME_FRAME,
            DATA_SOURCE,
            DATA_CATEGORY,
            PERFORMANCE_INDICATOR_TYPE,
            TIERS,
            MILESTONE,
            MILESTONE_REMOVED,
            INTRODUCED_BY_URL,
            REMOVED_BY_URL,
            REPAIR_ISSUE_URL,
            INSTRUMENTATION_CLASS,
            VALUE_JSON_SCHEMA,
            EVENTS,
            OPTIONS);

    /** The keys of an entry of {@link #EVENTS}. */
    public static final List<String> OF_RULES = List.of(NAME, UNIQUE, FILTER, OPERATOR);

    private static final List<String> OLD = List.of(
            "distribution",
            "distributions",
            "tier",
            "stage",
            "section",
            "product_category",
            "product_section",
            "product_stage",
            "removed_by");

    /** The keys of events in older files, which are no longer used. */
    public static final List<String> OLD_OF_EVENTS =
            oldAnd("label_description", "property_description", "value_description", "value_type");

    /** The keys of metrics in older files, which are no longer used. */
    public static final List<String> OLD_OF_METRICS = oldAnd("skip_validation");

    private Keys() {}

    private static List<String> oldAnd(String... further) {
        return Stream.concat(OLD.stream(), Stream.of(further)).toList();
    }
}
