package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.processing.IntakeLoad;
import dev.internalevents.collector.processing.Losses;
import dev.internalevents.collector.processing.Processor;
import dev.internalevents.collector.processing.Repeats;
import dev.internalevents.collector.processing.Retainer;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.PayloadFrame;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.store.EventSource;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Events;
import dev.internalevents.store.MemoryEventStore;
import dev.internalevents.store.Progress;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.RefusedException;
import dev.internalevents.store.Retention;
import dev.internalevents.store.StoredEvent;
import dev.internalevents.store.duckdb.DuckDbEventStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real store that rejects one event, and what happens to the events around it. */
@Tag("slow")
class RefusedEventTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String POISON = "poison";

    @TempDir
    Path folder;

    /** What the store rejects, and how. */
    enum Refusal {
        GOOD_EVENT,
        FAILED_EVENT_TOO,
        WHATEVER_IT_IS,
        WITH_AN_ERROR
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void an_event_that_the_store_refuses_is_put_aside_and_every_other_is_stored_once(Refusal refusal) throws Exception {
        check(
                refusal,
                () -> DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS));
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void the_same_in_memory(Refusal refusal) throws Exception {
        MemoryEventStore memory = new MemoryEventStore(100_000, 1L << 30);
        check(refusal, () -> memory);
    }

    @Test
    void after_another_start_the_others_are_stored_too() throws Exception {
        Supplier<EventStore> file =
                () -> DuckDbEventStore.inFile(folder.resolve("events.duckdb"), DuckDbEventStore.Settings.DEFAULTS);
        try (Spool spool = Spool.open(folder.resolve("spool"), SpoolSettings.DEFAULTS)) {
            append(spool, 300);
            try (Processor processor = processor(spool, () -> refusing(file.get(), Refusal.WHATEVER_IT_IS))) {
                await().atMost(LONG).until(() -> processor.backlog() == 0);
            }
            append(spool, 300);
            try (Processor processor = processor(spool, () -> refusing(file.get(), Refusal.GOOD_EVENT))) {
                await().atMost(LONG).until(() -> processor.backlog() == 0);
            }
        }
        try (EventStore store = file.get()) {
            assertThat(store.summary(null).good()).isEqualTo(600);
            assertThat(store.summary(null).bad()).isEqualTo(1);
        }
    }

    private void check(Refusal refusal, Supplier<EventStore> stores) throws Exception {
        try (Spool spool = Spool.open(folder.resolve("spool"), SpoolSettings.DEFAULTS)) {
            append(spool, 500);
            try (Processor processor = processor(spool, () -> refusing(stores.get(), refusal))) {
                await().atMost(LONG).until(() -> processor.backlog() == 0 && processor.trouble() == null);
                EventStore store = processor.store().get();
                assertThat(store.summary(null).good()).isEqualTo(500);
                boolean leftOut = refusal == Refusal.WHATEVER_IT_IS;
                assertThat(store.summary(null).bad()).isEqualTo(leftOut ? 0 : 1);
                assertThat(processor.outcomes().eventsLeftOut()).isEqualTo(leftOut ? 1 : 0);
                if (!leftOut) {
                    long number = store.failedAt(dev.internalevents.pipeline.Failure.Step.STORE, 0, 10)
                            .get(0);
                    StoredEvent failed = store.withNumber(number).orElseThrow();
                    assertThat(((FailedEvent) failed.event()).failures().get(0).sentence())
                            .contains("could not be stored: ");
                    // The whole request is stored, so that it can be retried.
                    assertThat(PayloadFrame.decode(store.frame(number).orElseThrow())
                                    .body())
                            .hasToString("RequestBody[" + body(250).length + " bytes]");
                }
            }
        }
    }

    private static void append(Spool spool, int requests) {
        for (int i = 0; i < requests; i++) {
            byte[] frame = PayloadFrame.encode(Events.payload(Instant.now(), List.of(), body(i)));
            spool.append(frame, 0, frame.length);
        }
    }

    private static byte[] body(int i) {
        String poison = ",{\"e\":\"se\",\"se_ac\":\"a\",\"se_la\":\"" + POISON + "\"}";
        return ("{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
                        + "{\"e\":\"pv\",\"page\":\"" + i + "\"}" + (i == 250 ? poison : "") + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Processor processor(Spool spool, Supplier<EventStore> stores) {
        return Processor.start(
                spool,
                new Pipeline(new SchemaValidator(new Resolver(List.of(new ShippedRegistry())))),
                stores,
                new Processor.Settings(
                        new Processor.Rules(Duration.ofDays(7), Repeats.DROPPED, Processor.LONG_WAIT),
                        new Processor.Followers(
                                new Retainer(null, Retention.DEFAULT, null), new Losses(null, spool), null, null, null),
                        RawRequests.sealedBy(null),
                        new IntakeLoad(),
                        2));
    }

    private static EventStore refusing(EventStore store, Refusal refusal) {
        return (EventStore) Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("write")
                                ? store.write(new Refusing((EventSource) arguments[0], refusal))
                                : method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Passes events through, except that the store fails at one of them. */
    private record Refusing(EventSource source, Refusal refusal) implements EventSource {

        @Override
        public @Nullable Entry peek() {
            return source.peek();
        }

        @Override
        public void advance() {
            Entry entry = source.peek();
            source.advance();
            if (entry != null && isPoison(entry.event())) {
                if (refusal == Refusal.WITH_AN_ERROR) {
                    throw new StackOverflowError("the store cannot take it");
                }
                throw new RefusedException("the store cannot take it", new IllegalStateException(), false);
            }
        }

        private boolean isPoison(StoredEvent event) {
            boolean hasLabel = POISON.equals(event.event().atomic().text("se_label"));
            return switch (refusal) {
                case GOOD_EVENT, WITH_AN_ERROR -> event.isGood() && hasLabel;
                case FAILED_EVENT_TOO -> hasLabel;
                case WHATEVER_IT_IS ->
                    hasLabel || (!event.isGood() && event.event().index() == 1);
            };
        }

        @Override
        public @Nullable Progress progress() {
            return source.progress();
        }

        @Override
        public WaitingChanges waitingChanges() {
            return source.waitingChanges();
        }
    }
}
