package dev.internalevents.collector.processing;

import dev.internalevents.metrics.Amounts;
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

    /** Reads what several counters ask for once. */
    private static final class Counted implements CountedEvent {
        private final String name;
        private final GoodEvent event;
        private final Map<?, ?> standard;
        private final @Nullable String user;
        private final @Nullable String label;
        private final @Nullable String property;
        private final @Nullable Number value;

        private Counted(String name, GoodEvent event, Map<?, ?> standard) {
            this.name = name;
            this.event = event;
            this.standard = standard;
            String ofUser = text("user_id");
            this.user = ofUser == null ? text("global_user_id") : ofUser;
            this.label = event.atomic().text("se_label");
            this.property = event.atomic().text("se_property");
            this.value = event.atomic().get("se_value") instanceof Number number ? Amounts.exact(number) : null;
        }

        @Override
        public String name() {
            return name;
        }

        /** Capped at the time of receipt, so that a wrong clock cannot put an event into a week that has not begun. */
        @Override
        public long epochMillis() {
            Instant received = event.payload().context().timestamp();
            Instant derived = event.atomic().get("derived_tstamp") instanceof Instant time ? time : received;
            return Math.min(derived.toEpochMilli(), received.toEpochMilli());
        }

        @Override
        public @Nullable String user() {
            return user;
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
            Object found = standard.get(field);
            return found == null ? null : found.toString();
        }

        @Override
        public @Nullable String label() {
            return label;
        }

        @Override
        public @Nullable String property() {
            return property;
        }

        @Override
        public @Nullable Number value() {
            return value;
        }

        @Override
        public @Nullable Object additional(String key) {
            Object found = standard.get("extra") instanceof Map<?, ?> extra ? extra.get(key) : null;
            return found instanceof String || found instanceof Number ? found : null;
        }
    }
}
