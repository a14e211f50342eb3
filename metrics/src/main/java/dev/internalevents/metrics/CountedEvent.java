package dev.internalevents.metrics;

import org.jspecify.annotations.Nullable;

/** What counting looks at in an event. */
public interface CountedEvent {

    /** The event's action. */
    String name();

    /** When it happened, in milliseconds since 1970; its week is counted in. */
    long epochMillis();

    /** {@code user_id}, or {@code global_user_id} when there is none. */
    @Nullable
    String user();

    @Nullable
    String project();

    @Nullable
    String namespace();

    @Nullable
    String label();

    @Nullable
    String property();

    @Nullable
    Number value();

    /** Any other additional property: a string, a number, or null for what can be no filter's value. */
    @Nullable
    Object additional(String key);
}
