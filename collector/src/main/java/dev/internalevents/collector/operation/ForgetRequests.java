package dev.internalevents.collector.operation;

import dev.internalevents.collector.processing.StoredCounts;
import dev.internalevents.collector.query.QueryBodies;
import dev.internalevents.collector.query.StoreQueries;
import dev.internalevents.collector.sink.SinkFollower;
import dev.internalevents.collector.sink.SinkMaintainer;
import dev.internalevents.pipeline.JsonParts;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.pipeline.PseudonymSettings;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.EventStore;
import dev.internalevents.store.Forgotten;
import dev.internalevents.store.PersonRemoval;
import dev.internalevents.store.RawRequests;
import dev.internalevents.store.StoreFile;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /micro/forget}: removes all data about some persons, after everything sent before is processed. The
 * search runs concurrently with processing, in one pass for all ids, one request at a time; then the data found is
 * removed, and the lake removes it within a day. Answers when the spool's processed frames are overwritten as well;
 * {@link SignsOfLife} keep the connection open until then.
 */
public final class ForgetRequests {

    private static final Logger LOG = LoggerFactory.getLogger(ForgetRequests.class);
    private static final int MAX_IDS = 1_000;
    private static final int MAX_CHARS = 500;
    /** Less than the server's idle timeout of a connection. */
    private static final long CATCH_UP_SECONDS = 45;

    private static final long SIGN_OF_LIFE_MILLIS = 5_000;

    private static final int HASH_BYTES = 16;

    /**
     * Runs one search at a time, because reading every failed request occupies a processor. The thread ends when idle.
     */
    private final ThreadPoolExecutor searching =
            new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), ForgetRequests::thread);

    private final StoreQueries queries;
    private final QueryBodies bodies;
    private final Spool spool;
    private final RawRequests requests;
    private final @Nullable PseudonymSettings pseudonyms;
    private final @Nullable StoredCounts counts;
    private final Function<HttpServerRequest, String> caller;

    /**
     * @param pseudonyms the settings by which stored ids are pseudonymized, or null
     * @param counts the counters of stored events, or null
     * @param caller describes for the log how a request's sender authenticated and from which address
     */
    public ForgetRequests(
            StoreQueries queries,
            QueryBodies bodies,
            Spool spool,
            @Nullable PseudonymSettings pseudonyms,
            @Nullable StoredCounts counts,
            Function<HttpServerRequest, String> caller) {
        this.queries = queries;
        this.bodies = bodies;
        this.spool = spool;
        this.requests = RawRequests.sealedBy(pseudonyms == null ? null : pseudonyms.key());
        this.pseudonyms = pseudonyms;
        this.counts = counts;
        this.caller = caller;
        searching.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "internal-events-forgetting");
        thread.setDaemon(true);
        return thread;
    }

    public void answer(HttpServerRequest request) {
        bodies.read(request, body -> answer(request, body));
    }

    /** @throws MalformedPayloadException if the body is not valid; the message says what is wrong */
    private void answer(HttpServerRequest request, byte[] body) {
        Persons persons = persons(body);
        Persons all = pseudonyms == null ? persons : persons.withPseudonyms(pseudonyms);
        String asked = caller.apply(request);
        Context context = Vertx.currentContext();
        long begun = System.nanoTime();
        SignsOfLife answer = new SignsOfLife(request, SIGN_OF_LIFE_MILLIS);
        CompletableFuture<Forgotten> done = queries.store()
                .thenCompose(store -> caughtUp())
                .thenRun(() -> context.runOnContext(now -> answer.begin()))
                // The store may have been reopened meanwhile.
                .thenCompose(ready -> queries.store())
                .thenApplyAsync(store -> found(store, all), searching)
                .thenCompose(removal -> remove(removal, all));
        CompletableFuture<Forgotten> wiped = done.thenCompose(removed -> queries.queue(store -> {
                    store.file().ifPresent(StoreFile::settle);
                    return removed;
                })
                .thenCompose(settled -> spool.wipeCommitted().thenApply(end -> settled)));
        var unused = wiped.whenComplete((removed, e) -> {
            if (e == null) {
                log(persons, removed, asked, Duration.ofNanos(System.nanoTime() - begun));
            } else {
                LOG.warn(
                        "a request to forget was not completed: {}",
                        StoreQueries.cause(e).toString());
            }
            context.runOnContext(now -> {
                if (e == null) {
                    answer.json(json(removed));
                } else if (answer.hasBegun()) {
                    answer.fail("it was not completed: " + StoreQueries.cause(e).getMessage() + "; repeat the request");
                } else if (!request.response().ended() && !request.response().closed()) {
                    answer.end();
                    fail(request, StoreQueries.cause(e));
                }
            });
        });
    }

    private CompletableFuture<Void> caughtUp() {
        String trouble = queries.processor().trouble();
        return trouble != null
                ? CompletableFuture.failedFuture(new TimeoutException(trouble))
                : queries.processor().caughtUp().orTimeout(CATCH_UP_SECONDS, TimeUnit.SECONDS);
    }

    private void fail(HttpServerRequest request, Throwable cause) {
        if (cause instanceof TimeoutException
                && queries.openStore() != null
                && queries.processor().trouble() == null) {
            StoreQueries.busy(
                    request,
                    "not everything sent before is processed yet ("
                            + queries.processor().backlog()
                            + " requests are waiting); repeat the request, even if some data was removed");
        } else {
            queries.fail(request, cause);
        }
    }

    private PersonRemoval found(EventStore store, Persons persons) {
        PersonRemoval removal = store.removal(new PersonMatch(persons), requests);
        removal.find();
        if (counts != null) {
            // Afterwards the processing thread waits only for the counts that change meanwhile.
            counts.checkpoint();
        }
        return removal;
    }

    private CompletableFuture<Forgotten> remove(PersonRemoval removal, Persons persons) {
        SinkMaintainer lake = lake();
        return queries.queue(store -> {
            if (counts != null) {
                // After a crash, counts missing in the counters' file are recomputed from rows, which will be gone.
                counts.checkpoint();
            }
            return lake == null
                    ? removal.remove()
                    : removal.remove(
                            failed -> lake.forget(persons, store.summary(null).last(), failed));
        });
    }

    private @Nullable SinkMaintainer lake() {
        SinkFollower sink = queries.processor().sink();
        return sink == null ? null : sink.maintainer();
    }

    private Map<String, Object> json(Forgotten removed) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("events", removed.events());
        json.put("requests", removed.requests());
        json.put("waiting", removed.waiting());
        if (queries.processor().sink() != null) {
            json.put("lake", lake() == null ? "not changed" : "within 24 hours");
        }
        return json;
    }

    // The request

    private static Persons persons(byte[] body) {
        if (!(Json.parse(body) instanceof Map<?, ?> question)) {
            throw new MalformedPayloadException("the body is not a JSON object such as {\"users\":[\"42\"]}");
        }
        if (JsonParts.members(new String(body, StandardCharsets.UTF_8)).size() > question.size()) {
            throw new MalformedPayloadException(
                    "the body has a field twice; expected \"users\" and \"globalUsers\" once each");
        }
        for (Object name : question.keySet()) {
            if (!name.equals("users") && !name.equals("globalUsers")) {
                throw new MalformedPayloadException(
                        "the body has an unknown field; expected \"users\" and \"globalUsers\"");
            }
        }
        Persons persons = new Persons(ids(question, "users"), ids(question, "globalUsers"));
        if (persons.userIds().isEmpty() && persons.globalUserIds().isEmpty()) {
            throw new MalformedPayloadException(
                    "\"users\" and \"globalUsers\" are empty; expected an id in one of them");
        }
        return persons;
    }

    private static Set<String> ids(Map<?, ?> question, String name) {
        Object value = question.containsKey(name) ? question.get(name) : List.of();
        if (!(value instanceof List<?> list) || list.size() > MAX_IDS) {
            throw new MalformedPayloadException("\"" + name + "\" must be a list of " + MAX_IDS + " ids at most");
        }
        Set<String> ids = new HashSet<>();
        for (Object id : list) {
            if (!(id instanceof String text) || text.isEmpty() || text.length() > MAX_CHARS) {
                throw new MalformedPayloadException("\"" + name + "\" has an element that is not a text of 1 to "
                        + MAX_CHARS + " characters, at index " + list.indexOf(id));
            }
            ids.add(text);
        }
        return ids;
    }

    // The log

    private void log(Persons persons, Forgotten removed, String asked, Duration took) {
        LOG.info(
                "/micro/forget removed {} events, {} requests of failed events and {} waiting events in {} ms,"
                        + " requested {}; users {}, global users {} (HMAC-SHA-256, the first 128 bits)",
                removed.events(),
                removed.requests(),
                removed.waiting(),
                took.toMillis(),
                asked,
                hashes(persons.userIds()),
                hashes(persons.globalUserIds()));
    }

    private List<String> hashes(Set<String> ids) {
        String key = pseudonyms == null ? spool.id().toString() : pseudonyms.key();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return ids.stream()
                    .map(id -> HexFormat.of()
                            .formatHex(Arrays.copyOf(mac.doFinal(id.getBytes(StandardCharsets.UTF_8)), HASH_BYTES)))
                    .sorted()
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
