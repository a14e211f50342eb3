package dev.internalevents.client.legacy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A structured event as the deprecated instrumentator sends it.
 *
 * @param context the Code Suggestions context, or null for none
 * @param category for example {@value #DEFAULT_CATEGORY}
 * @param action for example {@value #DEFAULT_ACTION}
 * @param label null for none
 * @param value null for none
 * @deprecated track an internal event instead; see docs/migrating-from-snowplow-instrumentator.md
 */
@Deprecated
public record SnowplowEvent(
        @Nullable SnowplowEventContext context,
        String category,
        String action,
        @Nullable String label,
        @Nullable Number value) {

    /** {@value}. */
    public static final String DEFAULT_CATEGORY = "code_suggestions";

    /** {@value}. */
    public static final String DEFAULT_ACTION = "suggestion_requested";

    public SnowplowEvent {
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(action, "action");
    }

    /** Creates an event for a requested suggestion: default category and action. */
    public SnowplowEvent(@Nullable SnowplowEventContext context) {
        this(context, DEFAULT_CATEGORY, DEFAULT_ACTION, null, null);
    }
}
