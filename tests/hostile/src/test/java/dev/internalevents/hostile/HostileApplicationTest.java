package dev.internalevents.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.internalevents.client.AdditionalProperties;
import dev.internalevents.client.AiContext;
import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.client.RefusedEventException;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.Scope;
import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.client.delivery.DeliveryListener;
import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.protocol.SelfDescribingJson;
import java.lang.constant.Constable;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An application passes arbitrary values to the client, and registers code that throws every kind of {@link Throwable}.
 */
@Tag("slow")
class HostileApplicationTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int MAX_VALUES = 10_000;
    private static final int MAX_REQUEST_BYTES = 1_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    private Sink sink;

    @BeforeEach
    void start() throws Exception {
        sink = new Sink();
    }

    @AfterEach
    void stop() {
        sink.close();
    }

    /** What happens to a tracked event. */
    enum Mode {
        DISABLED,
        COUNTED_ONLY,
        IN_MEMORY,
        WITH_OUTBOX,
        WITH_AUTOMATIC_CONTEXTS;

        boolean delivers() {
            return this != DISABLED && this != COUNTED_ONLY;
        }
    }

    private InternalEventsClientBuilder client(Mode mode) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(sink.url())
                .batchSize(50)
                .linger(Duration.ofMillis(5))
                .queueBytes(256L << 20)
                .queueCapacity(1_000_000)
                .enabled(mode != Mode.DISABLED)
                .delivery(mode.delivers())
                .aiContext(mode == Mode.WITH_AUTOMATIC_CONTEXTS)
                .servicePingContext(mode == Mode.WITH_AUTOMATIC_CONTEXTS);
        return mode == Mode.WITH_OUTBOX ? builder.outbox(folder.resolve("outbox")) : builder;
    }

    @ParameterizedTest
    @EnumSource
    void nothing_that_is_passed_comes_back_or_is_copied_without_limit(Mode mode) throws Exception {
        Map<String, Object> values = NastyValues.all();
        Map<String, BiConsumer<InternalEventsClient, Object>> places = Places.all();
        AtomicInteger max = new AtomicInteger();
        List<String> faults = new ArrayList<>();
        int calls = 0;
        try (InternalEventsClient client = client(mode)
                .listener(event -> max.accumulateAndGet(
                        count(event.properties().extra().values())
                                - event.properties().extra().size(),
                        Math::max))
                .build()) {
            for (Map.Entry<String, BiConsumer<InternalEventsClient, Object>> place : places.entrySet()) {
                for (Map.Entry<String, Object> value : values.entrySet()) {
                    String what = value.getKey() + " as " + place.getKey();
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    try {
                        place.getValue().accept(client, value.getValue());
                    } catch (Throwable e) {
                        faults.add(what + " threw " + e.getClass());
                    }
                    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
                    calls++;
                    if (allocated >= 4L * MAX_REQUEST_BYTES) {
                        faults.add(what + " took " + allocated + " bytes");
                    }
                }
            }
            assertThat(values).hasSizeGreaterThanOrEqualTo(40);
            assertThat(faults).isEmpty();
            assertThat(max.get()).isLessThanOrEqualTo(MAX_VALUES);
            assertWell(mode, client, calls);
        }
    }

    /** Counts the values in a copy: each container and each of its elements. */
    private static int count(Collection<?> values) {
        int count = 0;
        for (Object value : values) {
            count += 1
                    + (value instanceof Map<?, ?> map
                            ? count(map.values())
                            : value instanceof List<?> list ? count(list) : 0);
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource
    void nothing_that_is_thrown_comes_back(Mode mode) throws Exception {
        List<Supplier<Throwable>> failures = Throwables.all();
        assertThat(failures).hasSizeGreaterThan(100);
        AtomicReference<Supplier<Throwable>> next = new AtomicReference<>(failures.get(0));
        Map<String, BiConsumer<InternalEventsClient, Object>> places = throwing(next);
        List<String> faults = new ArrayList<>();
        int calls = 0;
        try (InternalEventsClient client = client(mode)
                .namespaces(project -> {
                    throw Throwables.<RuntimeException>sneaky(next.get().get());
                })
                .listener(event -> {
                    throw Throwables.<RuntimeException>sneaky(next.get().get());
                })
                .interceptor(event -> {
                    Throwable failure = next.get().get();
                    if (failure instanceof RefusedEventException) {
                        return event.properties();
                    }
                    throw Throwables.<RuntimeException>sneaky(failure);
                })
                .build()) {
            for (Supplier<Throwable> failure : failures) {
                next.set(failure);
                for (Map.Entry<String, BiConsumer<InternalEventsClient, Object>> place : places.entrySet()) {
                    try {
                        place.getValue().accept(client, "x");
                    } catch (Throwable e) {
                        faults.add(place.getKey() + " threw " + e.getClass());
                    }
                    calls++;
                    boolean wasInterrupted = Thread.interrupted();
                    if (mode != Mode.DISABLED) {
                        assertThat(wasInterrupted)
                                .as("the flag of the thread, which an InterruptedException took")
                                .isEqualTo(failure.get() instanceof InterruptedException);
                    }
                }
            }
            assertThat(faults).isEmpty();
            assertWell(mode, client, calls);
        }
    }

    /** Returns places where the client runs application code during a call; each tracks one event. */
    private static Map<String, BiConsumer<InternalEventsClient, Object>> throwing(
            AtomicReference<Supplier<Throwable>> next) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("a toString", new Object() {
            @Override
            public String toString() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }
        });
        values.put("an iterator", new AbstractCollection<Object>() {
            @Override
            public Iterator<Object> iterator() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }

            @Override
            public int size() {
                return 1;
            }
        });
        values.put("the second item", new AbstractCollection<Object>() {
            @Override
            public Iterator<Object> iterator() {
                AtomicInteger items = new AtomicInteger();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public Object next() {
                        if (items.incrementAndGet() == 2) {
                            throw Throwables.<RuntimeException>sneaky(next.get().get());
                        }
                        return "first";
                    }
                };
            }

            @Override
            public int size() {
                return 1;
            }
        });
        values.put("the entries of a map", new AbstractMap<Object, Object>() {
            @Override
            public Set<Entry<Object, Object>> entrySet() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }
        });
        Map<Object, Object> key = new LinkedHashMap<>();
        key.put(values.get("a toString"), 1);
        values.put("a key", key);
        values.put("a text's length", new CharSequence() {
            @Override
            public int length() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }

            @Override
            public char charAt(int index) {
                return 'x';
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return this;
            }

            @Override
            public String toString() {
                return "x";
            }
        });
        Number number = new Number() {
            private static final long serialVersionUID = 1;

            @Override
            public int intValue() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }

            @Override
            public long longValue() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }

            @Override
            public float floatValue() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }

            @Override
            public double doubleValue() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }

            @Override
            public String toString() {
                throw Throwables.<RuntimeException>sneaky(next.get().get());
            }
        };
        values.put("a number", number);
        Map<String, BiConsumer<InternalEventsClient, Object>> all = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            all.put(
                    name + " as a property",
                    (client, x) -> client.event("nasty").put("k", value).track());
            all.put(
                    name + " in a list in a context",
                    (client, x) -> client.event("nasty")
                            .context(new SelfDescribingJson(Places.SCHEMA, List.of(value)))
                            .track());
        });
        all.put("a listener, an interceptor", (client, x) -> client.trackEvent("nasty"));
        all.put(
                "the namespace of a project",
                (client, x) -> client.event("nasty").project(1).track());
        all.put(
                "a number as an id and a value",
                (client, x) -> Places.withNumbers(client.event("nasty").user((Object) number), number)
                        .aiContext(AiContext.builder().cacheRead(number).build())
                        .put("value", number)
                        .track());
        return all;
    }

    @ParameterizedTest
    @EnumSource(names = {"IN_MEMORY", "WITH_OUTBOX"})
    void a_delivery_listener_that_throws_on_the_thread_that_tracks_changes_nothing(Mode mode) throws Exception {
        List<Supplier<Throwable>> failures = Throwables.all();
        AtomicReference<Supplier<Throwable>> next = new AtomicReference<>(failures.get(0));
        List<String> faults = new ArrayList<>();
        try (InternalEventsClient client = client(mode)
                .deliveryListener(new DeliveryListener() {
                    @Override
                    public void onDropped(String name, DropReason reason) {
                        throw Throwables.<RuntimeException>sneaky(next.get().get());
                    }
                })
                .build()) {
            for (Supplier<Throwable> failure : failures) {
                next.set(failure);
                try {
                    client.event("nasty").put("text", "x".repeat(2_000_000)).track();
                } catch (Throwable e) {
                    faults.add(e.getClass() + " came back");
                }
            }
            Thread.interrupted();
            assertThat(faults).isEmpty();
            assertThat(client.stats().droppedByReason()).containsEntry(DropReason.TOO_LARGE, (long) failures.size());
            assertWell(mode, client, failures.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void only_what_an_interceptor_refuses_comes_back(Mode mode) throws Exception {
        try (InternalEventsClient client = client(mode)
                .interceptor(event -> {
                    if (event.name().equals("refused")) {
                        throw new RefusedEventException("no");
                    }
                    return event.properties();
                })
                .build()) {
            if (mode == Mode.DISABLED) {
                client.trackEvent("refused");
            } else {
                assertThatThrownBy(() -> client.trackEvent("refused")).isInstanceOf(RefusedEventException.class);
            }
            assertWell(mode, client, 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void null_is_taken_everywhere(Mode mode) throws Exception {
        try (InternalEventsClient client = client(mode).build()) {
            client.trackEvent(null);
            client.trackEvent("nulls", (AdditionalProperties) null);
            client.trackEvent("nulls", null);
            client.trackEvent("nulls", null, null);
            client.trackEvent(null, null, null);
            client.trackEvent("nulls", AdditionalProperties.of(null, null));
            client.event(null).track();
            client.event("nulls")
                    .user(null)
                    .user((Object) null)
                    .project(null)
                    .namespace(null)
                    .featureEnabledByNamespaceIds(null)
                    .plan(null)
                    .label(null)
                    .property(null)
                    .value(null)
                    .put(null, "x")
                    .put("k", null)
                    .put(null, null)
                    .category((String) null)
                    .category((Class<?>) null)
                    .context(null)
                    .aiContext(null)
                    .environment(null)
                    .source(null)
                    .realm(null)
                    .instanceId(null)
                    .uniqueInstanceId(null)
                    .hostName(null)
                    .instanceVersion(null)
                    .globalUserId(null)
                    .userType(null)
                    .gitlabTeamMember(null)
                    .featureEnablementType(null)
                    .ultimateParentNamespaceId(null)
                    .clientType(null)
                    .clientName(null)
                    .clientVersion(null)
                    .clientInterface(null)
                    .organization(null)
                    .featureCategory(null)
                    .deploymentType(null)
                    .googleAnalyticsId(null)
                    .inputTokens(null)
                    .outputTokens(null)
                    .totalTokens(null)
                    .modelEngine(null)
                    .modelName(null)
                    .modelProvider(null)
                    .contextGeneratedAt(null)
                    .correlationId(null)
                    .track();
            client.trackEvent("nulls", (Constable) null);
            client.trackEvent(null, "a category");
            assertWell(mode, client, 10);
            if (mode.delivers()) {
                assertThat(client.stats().droppedByReason()).containsEntry(DropReason.UNREADABLE, 4L);
                assertThat(sink.named("nulls")).isEqualTo(6);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_interrupted_thread_tracks_as_any_other_and_stays_interrupted(Mode mode) throws Exception {
        try (InternalEventsClient client = client(mode).build()) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 1_000; i++) {
                client.event("nasty").put("k", "x".repeat(900)).track();
            }
            boolean interrupted = Thread.interrupted();
            assertThat(interrupted).isTrue();
            assertWell(mode, client, 1_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_thread_at_the_end_of_its_stack_leaves_nothing_half_done(Mode mode) throws Exception {
        try (InternalEventsClient client = client(mode).build()) {
            RequestTracking request = new RequestTracking(EventContext.empty());
            for (int round = 0; round < 20; round++) {
                Thread thread = new Thread(
                        null,
                        () -> {
                            try (Scope ignored = request.makeCurrent()) {
                                deeper(client);
                            } catch (StackOverflowError e) {
                                // Expected: the recursion has no other end.
                            }
                        },
                        "deep",
                        256 << 10);
                thread.start();
                thread.join();
            }
            if (mode.delivers()) {
                assertThat(client.flush(LONG)).as("flush of %s", client.stats()).isTrue();
                assertThat(client.stats().tracked()).isPositive();
            }
            assertWell(mode, client, -1);
        }
    }

    private static int deeper(InternalEventsClient client) {
        client.event("deep").user(1).put("k", List.of("x")).track();
        return deeper(client) + 1;
    }

    /** Checks that every event was counted exactly once and that the client still delivers. */
    private void assertWell(Mode mode, InternalEventsClient client, int tracked) {
        if (!mode.delivers()) {
            assertThat(client.stats().tracked()).isZero();
            return;
        }
        assertThat(client.flush(LONG)).as("flush of %s", client.stats()).isTrue();
        if (tracked >= 0) {
            assertThat(client.stats().tracked()).isEqualTo(tracked);
        }
        client.trackEvent("friendly");
        assertThat(client.flush(LONG)).as("flush of %s", client.stats()).isTrue();
        ClientStats stats = client.stats();
        assertThat(stats.delivered() + stats.rejected() + stats.dropped() + stats.held())
                .isEqualTo(stats.tracked());
        assertThat(stats.held()).isZero();
        assertThat(sink.named("friendly")).isEqualTo(1);
        assertThat(sink.total()).isEqualTo((int) stats.delivered());
        assertThat(client.lastFailure()).isNull();
        assertThat(client.outboxFailure()).isNull();
    }
}
