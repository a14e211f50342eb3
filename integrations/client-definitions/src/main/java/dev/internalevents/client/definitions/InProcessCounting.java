package dev.internalevents.client.definitions;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventDetails;
import dev.internalevents.client.EventListener;
import dev.internalevents.metrics.CountedEvent;
import dev.internalevents.metrics.EventCounter;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Counts every tracked event in the service itself, in the week of the call. Count in one place only: here or in the
 * collector.
 */
public final class InProcessCounting implements EventListener {

    private final EventCounter counter;
    private final Clock clock;

    public InProcessCounting(EventCounter counter) {
        this(counter, Clock.systemUTC());
    }

    /** Counts with the given clock. */
    public InProcessCounting(EventCounter counter, Clock clock) {
        this.counter = counter;
        this.clock = clock;
    }

    @Override
    public void tracked(EventDetails event) {
        counter.count(new Tracked(event, clock.millis()));
    }

    private record Tracked(EventDetails event, long epochMillis) implements CountedEvent {

        @Override
        public String name() {
            return event.name();
        }

        @Override
        public @Nullable String user() {
            EventContext context = event.context();
            Object user = context.userId();
            return user == null ? context.globalUserId() : user.toString();
        }

        @Override
        public @Nullable String project() {
            return text(event.context().projectId());
        }

        @Override
        public @Nullable String namespace() {
            return text(event.context().namespaceId());
        }

        @Override
        public @Nullable String label() {
            return event.properties().label();
        }

        @Override
        public @Nullable String property() {
            return event.properties().property();
        }

        @Override
        public @Nullable Number value() {
            return event.properties().value();
        }

        @Override
        public @Nullable Object additional(String key) {
            Object value = event.properties().extra(key);
            return value instanceof String || value instanceof Number ? value : null;
        }

        private static @Nullable String text(@Nullable Long id) {
            return id == null ? null : id.toString();
        }
    }
}
