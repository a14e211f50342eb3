package dev.internalevents.benchmarks.harness;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.ProductVersion;
import dev.internalevents.protocol.TrackerPayload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * The reference event with the variety of production, from a seed: ids and times new for each event; 200 names and
 * 100,000 users, the first of which are the most frequent; 2,000 projects and namespaces, 50 labels and 20 hosts.
 */
public final class VariedEvents {

    private static final int NAMES = 200;
    private static final int USERS = 100_000;
    private static final int PROJECTS = 2_000;
    private static final int LABELS = 50;
    private static final int HOSTS = 20;
    private static final String STANDARD = "iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7";
    private static final String ENVELOPE = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1";
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private final Random random;
    private final double[] names = zipf(NAMES);
    private final double[] users = zipf(USERS);
    private long time = Instant.parse("2026-11-01T12:00:00Z").toEpochMilli();

    public VariedEvents(long seed) {
        this.random = new Random(seed);
    }

    /** Returns the cumulative frequencies of values, the n-th of which is n times less frequent than the first. */
    private static double[] zipf(int values) {
        double[] sums = new double[values];
        double sum = 0;
        for (int i = 0; i < values; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
        return sums;
    }

    private int draw(double[] sums) {
        int at = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
        return at < 0 ? -at - 1 : at;
    }

    /** Returns the parameters of the next event. */
    public TrackerPayload next() {
        time += random.nextInt(20);
        Map<String, String> event = new LinkedHashMap<>();
        event.put("e", "se");
        event.put("eid", new UUID(random.nextLong(), random.nextLong()).toString());
        event.put("tv", "internal-events-jvm-" + ProductVersion.CURRENT);
        event.put("p", "srv");
        event.put("tna", "gl");
        event.put("aid", "gitlab_ai_gateway");
        event.put("dtm", String.valueOf(time));
        event.put("se_ca", ReferenceEvent.CATEGORY);
        event.put("se_ac", ReferenceEvent.ACTION + "_" + draw(names));
        event.put("se_la", ReferenceEvent.LABEL + "_" + random.nextInt(LABELS));
        event.put("se_pr", ReferenceEvent.PROPERTY);
        event.put("se_va", String.valueOf(ReferenceEvent.VALUE));
        Map<String, Object> contexts = new LinkedHashMap<>();
        contexts.put("schema", ENVELOPE);
        contexts.put("data", List.of(Map.of("schema", STANDARD, "data", standard())));
        event.put(
                "cx",
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Json.write(contexts).getBytes(StandardCharsets.UTF_8)));
        event.put("stm", String.valueOf(time + 1));
        return new TrackerPayload(event);
    }

    private Map<String, Object> standard() {
        int user = draw(users);
        long project = random.nextInt(PROJECTS);
        Map<String, Object> context = ReferenceEvent.standardContext();
        context.put("host_name", ReferenceEvent.HOST_NAME + "-" + random.nextInt(HOSTS));
        context.put("user_id", user);
        context.put("global_user_id", globalUser(user));
        context.put("project_id", project);
        context.put("namespace_id", 7 * project);
        context.put(
                "context_generated_at",
                Instant.ofEpochMilli(time).plusNanos(456_000).toString());
        context.put("correlation_id", correlation());
        return context;
    }

    private static String globalUser(int user) {
        byte[] hash = new byte[32];
        new Random(user).nextBytes(hash);
        return Base64.getEncoder().encodeToString(hash);
    }

    private String correlation() {
        StringBuilder id = new StringBuilder(26);
        for (int i = 0; i < 26; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
