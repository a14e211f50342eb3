package dev.internalevents.collector.processing;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.Failure;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.pipeline.WaitingEvent;
import dev.internalevents.store.EventStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes a request up to the point where its events can be stored. Safe for use by several threads.
 *
 * @param pipeline converts a request to events
 * @param store prepares the events for writing
 * @param workers the threads for processing
 * @param pace slows the threads down while senders wait
 * @param patience limits the time spent waiting for registries
 * @param memory accounts for memory in use until the events are stored
 */
record Steps(
        Pipeline pipeline, EventStore store, ExecutorService workers, Pace pace, Patience patience, WorkMemory memory) {

    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);
    private static final long EVENT_BYTES = 3_000;
    private static final int MAX_SCHEMAS = 50;

    /**
     * A processed event, or one that waits.
     *
     * @param content the content that the store prepared
     * @param weight approximate memory in bytes until it is stored
     */
    record Prepared(Outcome outcome, EventStore.@Nullable Content content, long weight) {}

    /** Processes a request. Blocks briefly if a schema is being looked up, see {@link Patience}. */
    List<Prepared> run(CollectorPayload payload, String origin) {
        List<Outcome> outcomes = pipeline.process(payload, origin);
        List<WaitingEvent> waiting = new ArrayList<>(0);
        for (Outcome outcome : outcomes) {
            if (outcome instanceof WaitingEvent event) {
                waiting.add(event);
            }
        }
        try {
            if (!waiting.isEmpty() && isPromising(waiting) && patience.await(lookUps(waiting))) {
                outcomes = settled(outcomes, payload, origin);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Prepared> prepared = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            prepared.add(prepare(outcomes.get(i)));
        }
        return prepared;
    }

    /**
     * Returns whether the schemas are few enough for a registry to answer in time; otherwise the events wait
     * separately.
     */
    private static boolean isPromising(List<WaitingEvent> waiting) {
        return waiting.stream()
                        .flatMap(event -> event.otherwise().failures().stream())
                        .map(Failure::schema)
                        .distinct()
                        .limit(MAX_SCHEMAS + 1)
                        .count()
                <= MAX_SCHEMAS;
    }

    private static List<CompletableFuture<Void>> lookUps(List<WaitingEvent> waiting) {
        return waiting.stream().map(WaitingEvent::settled).toList();
    }

    /** Processes events again if their look-ups have ended. */
    private List<Outcome> settled(List<Outcome> outcomes, CollectorPayload payload, String origin) {
        Set<Integer> indices = new HashSet<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof WaitingEvent event && event.settled().isDone()) {
                indices.add(event.index());
            }
        }
        Map<Integer, Outcome> again = new HashMap<>();
        for (Outcome outcome : pipeline.process(payload, origin, indices::contains)) {
            again.put(outcome.index(), outcome);
        }
        return outcomes.stream()
                .map(outcome -> again.getOrDefault(outcome.index(), outcome))
                .toList();
    }

    /**
     * Processes a request event by event after memory ran out. An event for which memory runs out again becomes a
     * failed event.
     */
    List<Prepared> runOneByOne(CollectorPayload payload, String origin) {
        int[] events = {0};
        pipeline.process(payload, origin, index -> {
            events[0] = index + 1;
            return false;
        });
        return oneByOne(payload, origin, IntStream.range(0, events[0]));
    }

    private List<Prepared> oneByOne(CollectorPayload payload, String origin, IntStream indices) {
        List<Prepared> prepared = new ArrayList<>();
        for (int index : indices.toArray()) {
            try {
                pipeline.process(payload, origin, each -> each == index).forEach(one -> prepared.add(prepare(one)));
            } catch (OutOfMemoryError e) {
                prepared.add(prepare(FailedEvent.tooLarge(payload, index).of(origin)));
            }
        }
        return prepared;
    }

    /**
     * Processes some events of a request again. Does not wait for schemas. If memory runs out, waits for the other
     * threads and processes the events one by one, as {@link #runOneByOne} does.
     */
    List<Prepared> runAgain(CollectorPayload payload, String origin, Set<Integer> indices) {
        try {
            return pipeline.process(payload, origin, indices::contains).stream()
                    .map(this::prepare)
                    .toList();
        } catch (OutOfMemoryError e) {
            LOG.warn("the request {} is processed event by event: memory ran out ({})", origin, e.getMessage());
        }
        return memory.alone(() -> oneByOne(
                payload, origin, indices.stream().mapToInt(Integer::intValue).sorted()));
    }

    /** Prepares a processed event for writing; one that the store cannot prepare becomes a failed event. */
    Prepared prepare(Outcome outcome) {
        if (!(outcome instanceof ProcessedEvent event)) {
            return new Prepared(outcome, null, 0);
        }
        try {
            return prepared(event);
        } catch (RuntimeException | StackOverflowError e) {
            return prepared(FailedEvent.notStored(event, e.toString()));
        }
    }

    private Prepared prepared(ProcessedEvent event) {
        EventStore.Content content = store.prepare(event);
        return new Prepared(event, content, content == null ? weight(event) : content.weight());
    }

    private static long weight(ProcessedEvent event) {
        RawEvent raw = event.raw();
        long weight = EVENT_BYTES;
        if (raw != null) {
            for (String value : raw.parameters().parameters().values()) {
                weight += 4L * value.length();
            }
        }
        return weight;
    }
}
