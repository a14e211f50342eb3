package dev.internalevents.metrics;

import org.jspecify.annotations.Nullable;

/** The data of an event that counters use. */
public interface CountedEvent {

    /** Returns the event's action. */
    String name();

    /** Returns when it happened, in milliseconds since 1970; it is counted in the week of this time. */
    long epochMillis();

    /** Returns {@code user_id}, or {@code global_user_id} if there is none. */
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

    /**
     * Returns any other additional property: a string, a number, or null if it is missing or has a type that filters do
     * not support.
     */
    @Nullable
    Object additional(String key);
}
