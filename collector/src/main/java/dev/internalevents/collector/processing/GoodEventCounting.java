package dev.internalevents.collector.processing;

import dev.internalevents.metrics.CountedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.SelfDescribingJson;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Converts good events into counted events: structured events, with the data of {@code gitlab_standard} if present. */
final class GoodEventCounting {

    private GoodEventCounting() {}

    /** Returns the event to count, in the week of its {@code derived_tstamp}; empty if it is not a structured event. */
    static Optional<CountedEvent> of(GoodEvent event) {
        String action = "struct".equals(event.eventType()) ? event.atomic().text("se_action") : null;
        return action == null ? Optional.empty() : Optional.of(new Counted(action, event, standard(event)));
    }

    private static Map<?, ?> standard(GoodEvent event) {
        for (SelfDescribingJson context : event.contexts().list()) {
            if (context.schema().vendor().equals("com.gitlab")
                    && context.schema().name().equals("gitlab_standard")
                    && context.data() instanceof Map<?, ?> data) {
                return data;
            }
        }
        return Map.of();
    }

    private record Counted(String name, GoodEvent event, Map<?, ?> standard) implements CountedEvent {

        /** Capped at the time of receipt, so that a wrong clock cannot put an event into a week that has not begun. */
        @Override
        public long epochMillis() {
            Instant received = event.payload().context().timestamp();
            Instant derived = event.atomic().get("derived_tstamp") instanceof Instant time ? time : received;
            return Math.min(derived.toEpochMilli(), received.toEpochMilli());
        }

        @Override
        public @Nullable String user() {
            String user = text("user_id");
            return user == null ? text("global_user_id") : user;
        }

        @Override
        public @Nullable String project() {
            return text("project_id");
        }

        @Override
        public @Nullable String namespace() {
            return text("namespace_id");
        }

        private @Nullable String text(String field) {
            Object value = standard.get(field);
            return value == null ? null : value.toString();
        }

        @Override
        public @Nullable String label() {
            return event.atomic().text("se_label");
        }

        @Override
        public @Nullable String property() {
            return event.atomic().text("se_property");
        }

        @Override
        public @Nullable Number value() {
            return event.atomic().get("se_value") instanceof Number value ? value : null;
        }

        @Override
        public @Nullable Object additional(String key) {
            Object value = standard.get("extra") instanceof Map<?, ?> extra ? extra.get(key) : null;
            return value instanceof String || value instanceof Number ? value : null;
        }
    }
}
