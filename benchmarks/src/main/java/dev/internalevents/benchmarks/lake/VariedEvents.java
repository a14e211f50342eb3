package dev.internalevents.benchmarks.lake;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import dev.internalevents.iglu.Resolver;
import dev.internalevents.iglu.SchemaValidator;
import dev.internalevents.iglu.ShippedRegistry;
import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.Outcome;
import dev.internalevents.pipeline.Pipeline;
import dev.internalevents.pipeline.RequestBody;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.PayloadData;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.TrackerPayload;
import dev.internalevents.store.StoredEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Processed events that differ as those of a product do: new ids and times each, 100,000 users, 2,000 projects, 200
 * names, 50 labels and 20 hosts; names and users are drawn with a Zipf distribution.
 */
final class VariedEvents {

    private static final int USERS = 100_000;
    private static final int PROJECTS = 2_000;
    private static final int NAMES = 200;
    private static final int LABELS = 50;
    private static final int HOSTS = 20;
    private static final int REQUEST = 50;
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private final Random random;
    private final SchemaValidator schemas = new SchemaValidator(new Resolver(List.of(new ShippedRegistry())));
    private final Pipeline pipeline = new Pipeline(schemas);
    private Instant now = Instant.parse("2026-11-02T00:00:00Z");
    private long number;

    VariedEvents(long seed) {
        this.random = new Random(seed);
    }

    /** Returns the text of a shipped schema. */
    Optional<String> schema(SchemaKey key) {
        return schemas.text(key);
    }

    /** Returns the next events; several of a request. */
    List<StoredEvent> next(int count) {
        List<StoredEvent> events = new ArrayList<>(count);
        while (events.size() < count) {
            now = now.plus(Duration.ofMillis(random.nextInt(40)));
            for (Outcome outcome : pipeline.process(request(), "benchmark/" + number)) {
                if (!(outcome instanceof GoodEvent good)) {
                    throw new IllegalStateException("a reference event is not good: " + outcome);
                }
                events.add(new StoredEvent(++number, null, good));
            }
        }
        return events;
    }

    private CollectorPayload request() {
        List<TrackerPayload> payloads = new ArrayList<>();
        for (int i = 0; i < REQUEST; i++) {
            payloads.add(new TrackerPayload(event()));
        }
        return new CollectorPayload(
                new CollectorPayload.Api("com.snowplowanalytics.snowplow", "tp2"),
                null,
                "application/json",
                null,
                RequestBody.of(PayloadData.encode(payloads)),
                new CollectorPayload.Source("internal-events", "UTF-8", "collector"),
                new CollectorPayload.Context(
                        now, "10.1.2." + random.nextInt(HOSTS), "internal-events-java", null, List.of(), null));
    }

    private Map<String, String> event() {
        int user = zipf(USERS);
        long created = now.toEpochMilli() - random.nextInt(1_000);
        Map<String, String> event = new LinkedHashMap<>();
        event.put("e", "se");
        event.put("se_ca", ReferenceEvent.CATEGORY);
        event.put("se_ac", ReferenceEvent.ACTION + "_" + zipf(NAMES));
        event.put("se_la", ReferenceEvent.LABEL + "_" + random.nextInt(LABELS));
        event.put("se_pr", ReferenceEvent.PROPERTY);
        event.put("se_va", Integer.toString(ReferenceEvent.VALUE));
        event.put("eid", new UUID(random.nextLong(), random.nextLong()).toString());
        event.put("dtm", Long.toString(created));
        event.put("stm", Long.toString(now.toEpochMilli()));
        event.put("aid", "gitlab_ai_gateway");
        event.put("p", "srv");
        event.put("tna", "gl");
        event.put("tv", "java-0.1.0");
        event.put("uid", Integer.toString(user));
        event.put("co", Json.write(contexts(user, created)));
        return event;
    }

    private Map<String, @Nullable Object> contexts(int user, long created) {
        Map<String, @Nullable Object> standard = new LinkedHashMap<>(ReferenceEvent.standardContext());
        int project = random.nextInt(PROJECTS);
        standard.put("host_name", "gitlab-webservice-web-58446c98b5-" + random.nextInt(HOSTS));
        standard.put("user_id", (long) user);
        standard.put("global_user_id", base64(user));
        standard.put("project_id", (long) project);
        standard.put("namespace_id", (long) project + PROJECTS);
        standard.put("correlation_id", letters(26));
        standard.put("context_generated_at", Instant.ofEpochMilli(created).toString());
        return Map.of(
                "schema",
                "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1",
                "data",
                List.of(Map.of("schema", "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8", "data", standard)));
    }

    private static String base64(int user) {
        byte[] bytes = new byte[32];
        new Random(user).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private String letters(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /** Draws a number below a limit, smaller ones more often: with density 1/n. */
    private int zipf(int below) {
        return (int) Math.min(below - 1, Math.exp(random.nextDouble() * Math.log(below)));
    }
}
