package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.iglu.HttpRegistry;
import dev.internalevents.pipeline.PersonMatch;
import dev.internalevents.pipeline.Persons;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.PseudonymSettings;
import dev.internalevents.store.Forgotten;
import dev.internalevents.store.PersonRemoval;
import dev.internalevents.store.RawRequests;
import dev.internalevents.testkit.CapturedLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Data about a forgotten person is removed everywhere; data about other persons stays. */
@Tag("slow")
class ForgetTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String KEY = "0123456789abcdef0123456789abcdef";

    private static final Person PERSON = new Person("70010001", "globalPerson0001");
    private static final Person CONTROL = new Person("80020002", "globalControl0002");
    private static final String QUESTION =
            "{\"users\":[\"" + PERSON.user() + "\"],\"globalUsers\":[\"" + PERSON.global() + "\"]}";

    @TempDir
    Path folder;

    private final List<HttpServer> servers = new ArrayList<>();
    private HttpServer registry;
    private volatile boolean hasSchema;
    private final TestCollector collector = new TestCollector();
    private @Nullable PseudonymSettings pseudonyms;
    private final Map<String, String> events = new LinkedHashMap<>();

    private record Person(String user, String global) {}

    @BeforeEach
    void startRegistry() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/api/schemas/com.acme/thing/jsonschema/1-0-0", exchange -> {
            byte[] schema =
                    ("{\"$schema\":\"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/"
                                    + "1-0-0#\",\"self\":{\"vendor\":\"com.acme\",\"name\":\"thing\",\"format\":\"jsonschema\","
                                    + "\"version\":\"1-0-0\"},\"type\":\"object\"}")
                            .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(hasSchema ? 200 : 503, schema.length);
            exchange.getResponseBody().write(schema);
            exchange.close();
        });
        registry.start();
        servers.add(registry);
    }

    @AfterEach
    void stop() {
        collector.close();
        servers.forEach(server -> server.stop(0));
    }

    private void start(boolean inMemory) throws IOException {
        start(inMemory ? CollectorSettings.micro() : CollectorSettings.collector(folder));
    }

    private void start(CollectorSettingsBuilder settings) throws IOException {
        collector.start(settings.readYourWrites(true)
                .pipeline(new PipelineSettings(true, 0, pseudonyms))
                .iglu(new HttpRegistry(new HttpRegistry.Settings(
                        "acme",
                        URI.create("http://127.0.0.1:" + registry.getAddress().getPort() + "/api"),
                        null))));
    }

    // Sending

    private static String contexts(String schema, String data) {
        return "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1\",\"data\":[{\"schema\":"
                + "\"iglu:" + schema + "\",\"data\":" + data + "}]}";
    }

    private static String standard(String fields) {
        return contexts("com.gitlab/gitlab_standard/jsonschema/1-1-7", "{\"environment\":\"test\"," + fields + "}");
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String mime(String text) {
        return Base64.getMimeEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns an event with these parameters; its id is fixed by the place and the person. */
    private String event(String place, Person person, Map<String, String> parameters) {
        String id = events.computeIfAbsent(
                place + "/" + (person.equals(PERSON) ? "person" : "control"),
                name -> UUID.randomUUID().toString());
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.putIfAbsent("e", "pv");
        all.put("eid", id);
        return JsonMapper.shared().writeValueAsString(all);
    }

    /** Sends one request with two events, one about each person. */
    private void both(String place, Function<Person, Map<String, String>> parameters) throws Exception {
        collector.track(
                event(place, PERSON, parameters.apply(PERSON)), event(place, CONTROL, parameters.apply(CONTROL)));
    }

    private void sendEverything() throws Exception {
        // In the first transaction, the context has no column yet.
        both("more", one -> Map.of("cx", base64(standard("\"user_id\":" + one.user()))));
        settle();
        both("uid", one -> Map.of("uid", one.user()));
        both("context", one -> Map.of("cx", base64(standard("\"user_id\":" + one.user()))));
        both("global", one -> Map.of("co", standard("\"global_user_id\":\"" + one.global() + "\"")));
        both(
                "unstruct",
                one -> Map.of(
                        "e",
                        "ue",
                        "ue_pr",
                        "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0\",\"data\":"
                                + "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":"
                                + "{\"environment\":\"test\",\"user_id\":" + one.user() + "}}}"));
        both("failed by uid", one -> Map.of("e", "se", "se_va", "x", "uid", one.user()));
        both(
                "failed by context",
                one -> Map.of("e", "se", "se_va", "x", "cx", base64(standard("\"user_id\":" + one.user()))));
        both(
                "failed by context with line ends",
                one -> Map.of("e", "se", "se_va", "x", "cx", mime(standard("\"user_id\":" + one.user()))));
        both("failed by unreadable context", one -> Map.of("cx", base64("{\"user_id\":" + one.user() + ",}")));
        both(
                "waiting",
                one -> Map.of(
                        "uid", one.user(), "cx", base64(contexts("com.acme/thing/jsonschema/1-0-0", "{\"a\":1}"))));
        // A good event of one person in the same request as a failed event of the other.
        collector.track(
                event("good beside failed", PERSON, Map.of("uid", PERSON.user())),
                event("failed beside good", CONTROL, Map.of("e", "se", "se_va", "x", "uid", CONTROL.user())));
        for (Person one : List.of(PERSON, CONTROL)) {
            assertThat(collector
                            .post(TestCollector.TP2, "no JSON, of user=" + one.user())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(collector
                            .post(
                                    TestCollector.TP2,
                                    gzip("{\"uid\":\"" + one.user() + "\"}"),
                                    "Content-Encoding",
                                    "gzip")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(collector.get("/i?e=se&se_va=x&uid=" + one.user()).statusCode())
                    .isEqualTo(200);
        }
        settle();
        await().atMost(LONG)
                .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 1.0\n"));
    }

    private void settle() throws Exception {
        assertThat(collector.get("/micro/all").statusCode()).isEqualTo(200);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    // Looking for remains

    private JsonNode forget(String question) throws Exception {
        var answer = collector.post("/micro/forget", question);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private String api() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String path : List.of("/micro/good", "/micro/bad", "/micro/export?format=ndjson")) {
            all.append(collector.get(path).body());
        }
        JsonNode rows = collector.json("/micro/events", "{\"pageSize\":1000}");
        return all.append(rows).toString();
    }

    private void assertForgotten(String text) {
        assertThat(text).doesNotContain(PERSON.user(), PERSON.global());
        events.forEach((place, id) -> {
            if (place.endsWith("/person")) {
                assertThat(text).as(place).doesNotContain(id);
            } else if (!place.startsWith("waiting")) {
                assertThat(text).as(place).contains(id);
            }
        });
    }

    /** Returns every value of every table and view, by name. The collector must be closed. */
    private Map<String, String> tables() throws Exception {
        Map<String, String> tables = new TreeMap<>();
        try (Connection store =
                        new DuckDBDriver().connect("jdbc:duckdb:" + folder.resolve("events.duckdb"), new Properties());
                Statement sql = store.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet found = sql.executeQuery("SELECT table_name FROM information_schema.tables")) {
                while (found.next()) {
                    names.add(found.getString(1));
                }
            }
            for (String name : names) {
                StringBuilder all = new StringBuilder();
                try (ResultSet rows = sql.executeQuery("SELECT COLUMNS(*)::VARCHAR FROM \"" + name + "\"")) {
                    while (rows.next()) {
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            all.append(rows.getString(i)).append('\n');
                        }
                    }
                }
                tables.put(name, all.toString());
            }
        }
        return tables;
    }

    private static Set<String> with(Map<String, String> tables, String... needles) {
        return tables.entrySet().stream()
                .filter(table -> Stream.of(needles).anyMatch(table.getValue()::contains))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private long total() throws Exception {
        JsonNode all = collector.json("/micro/all");
        return all.path("good").asLong() + all.path("bad").asLong();
    }

    /** Forgets the person after {@link #sendEverything}. */
    private void assertEverythingIsForgotten() throws Exception {
        long before = total();

        JsonNode removed = forget(QUESTION);

        assertThat(removed.path("events").asLong()).isEqualTo(13);
        assertThat(removed.path("requests").asLong()).isEqualTo(8);
        assertThat(removed.path("waiting").asLong()).isEqualTo(1);
        assertThat(total()).isEqualTo(before - 13);
        assertForgotten(api());
    }

    /** Makes the registry answer, and waits for the other person's event. */
    private void awaitTheOtherThatWaited() {
        hasSchema = true;
        await().atMost(LONG).until(() -> collector.get("/micro/good").body().contains(events.get("waiting/control")));
    }

    // The tests

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothing_of_the_person_is_left_and_everything_of_another_is(boolean inMemory) throws Exception {
        start(inMemory);
        sendEverything();
        assertThat(api()).contains(PERSON.user(), PERSON.global());
        assertEverythingIsForgotten();
        assertThat(forget(QUESTION).toString()).isEqualTo("{\"events\":0,\"requests\":0,\"waiting\":0}");
        awaitTheOtherThatWaited();
        assertForgotten(api());
    }

    /** Proves that the other tests can fail. */
    @Test
    void before_it_is_forgotten_the_person_is_in_each_place() throws Exception {
        start(false);
        sendEverything();
        assertThat(Folders.bytes(folder.resolve("spool"))).contains(PERSON.user());
        collector.close();

        assertThat(with(tables(), PERSON.user())).contains("event", "failed_request", "waiting_request");
    }

    @Test
    void no_table_and_no_file_of_the_spool_has_an_id_of_the_person() throws Exception {
        start(false);
        sendEverything();

        forget(QUESTION);

        assertThat(Folders.bytes(folder.resolve("spool")))
                .doesNotContain(PERSON.user(), PERSON.global(), base64(standard("\"user_id\":" + PERSON.user())));
        collector.close();
        Map<String, String> tables = tables();
        String ofContext = base64(standard("\"user_id\":" + PERSON.user()));
        String[] ids = events.entrySet().stream()
                .filter(one -> one.getKey().endsWith("/person"))
                .map(Map.Entry::getValue)
                .toArray(String[]::new);
        assertThat(with(tables, PERSON.user(), PERSON.global(), ofContext)).isEmpty();
        assertThat(with(tables, ids)).isEmpty();
        assertThat(with(tables, CONTROL.user())).contains("event", "failed_request", "waiting_request");
    }

    @ParameterizedTest
    @CsvSource({"true,stays", "false,stays", "false,restart", "false,lost index"})
    void an_event_that_is_sent_again_after_it_was_forgotten_is_dropped(boolean inMemory, String then) throws Exception {
        start(inMemory);
        sendEverything();
        forget(QUESTION);
        long left = total();
        if (!then.equals("stays")) {
            collector.close();
            if (then.equals("lost index")) {
                try (Stream<Path> files = Files.walk(folder.resolve("ids"))) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Files.delete(file);
                    }
                }
            }
            start(false);
        }

        both("uid", one -> Map.of("uid", one.user()));
        both("context", one -> Map.of("cx", base64(standard("\"user_id\":" + one.user()))));
        both("failed by uid", one -> Map.of("e", "se", "se_va", "x", "uid", one.user()));
        collector.track(event(
                "waiting",
                PERSON,
                Map.of("uid", PERSON.user(), "cx", base64(contexts("com.acme/thing/jsonschema/1-0-0", "{\"a\":1}")))));
        awaitTheOtherThatWaited();
        await().atMost(LONG)
                .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 0.0\n"));

        assertThat(total()).isEqualTo(left + 1);
        assertForgotten(api());

        // An event with the same id but other content is a different event.
        collector.track(event("uid", PERSON, Map.of("e", "pp", "tv", "other")));
        assertThat(total()).isEqualTo(left + 2);
    }

    @Test
    void with_a_pseudonym_key_both_the_id_and_its_pseudonym_are_forgotten() throws Exception {
        pseudonyms = new PseudonymSettings(KEY, EnumSet.allOf(PseudonymSettings.Field.class));
        start(false);
        sendEverything();
        // The context is unreadable now, but the sealed request still contains the id.
        assertEverythingIsForgotten();
        assertThat(forget(QUESTION).path("requests").asLong()).isZero();
        awaitTheOtherThatWaited();
        assertForgotten(api());
    }

    @Test
    void large_values_are_read_too() throws Exception {
        start(false);
        both("first", one -> Map.of("e", "pv"));
        String large = "x".repeat(7_000_000);
        for (int i = 0; i < 6; i++) {
            collector.track(
                    event("filler" + i, CONTROL, Map.of("co", standard("\"extra\":{\"a\":\"" + large + "\"}"))));
        }
        String some = "y".repeat(20_000);
        both(
                "large",
                one -> Map.of("co", standard("\"user_id\":" + one.user() + ",\"extra\":{\"a\":\"" + some + "\"}")));
        settle();

        assertThat(forget(QUESTION).path("events").asLong()).isEqualTo(1);

        assertThat(collector.get("/micro/events/10").statusCode()).isEqualTo(200);
        collector.close();
        Map<String, String> tables = tables();
        assertThat(tables.get("large_value")).isNotEmpty();
        assertThat(with(tables, events.get("large/person"))).isEmpty();
        assertThat(with(tables, events.get("large/control"))).contains("event");
    }

    @Test
    void counters_stay() throws Exception {
        Dictionary dictionary = DefinitionFiles.load(AskedDefinitions.write(folder.resolve("definitions")));
        start(CollectorSettings.collector(folder.resolve("data")).dictionary(dictionary));
        both("asked", one -> Map.of("e", "se", "se_ca", "c", "se_ac", "asked", "uid", one.user()));
        settle();
        String before = currentCount();
        assertThat(before).startsWith("2");

        forget(QUESTION);

        assertThat(currentCount()).isEqualTo(before);
        // Copy the folder as a crash would leave it.
        Folders.copy(folder.resolve("data"), folder.resolve("crashed"));
        collector.close();
        start(CollectorSettings.collector(folder.resolve("crashed")).dictionary(dictionary));
        settle();
        assertThat(currentCount()).isEqualTo(before);
    }

    private String currentCount() throws Exception {
        return collector.json("/micro/metrics").at("/metrics/0/current").toString();
    }

    /** A forgotten event leaves about 40 bytes until the deduplication window has passed. */
    @Test
    void rounds_of_forget_and_refill_leave_the_file_no_larger() throws Exception {
        start(false);
        Random random = new Random(1);
        fill(CONTROL, 10_000, random);
        List<Long> sizes = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            fill(PERSON, 2_000, random);
            assertThat(forget(QUESTION).path("events").asLong()).isEqualTo(2_000);
            sizes.add(Files.size(folder.resolve("events.duckdb")));
        }
        assertThat(sizes.get(9)).as(sizes.toString()).isLessThanOrEqualTo(sizes.get(1) * 125 / 100);
        assertThat(total()).isEqualTo(10_000);
    }

    private void fill(Person person, int count, Random random) throws Exception {
        for (int request = 0; request < count / 100; request++) {
            String[] some = new String[100];
            for (int i = 0; i < some.length; i++) {
                byte[] text = new byte[600];
                random.nextBytes(text);
                some[i] = "{\"e\":\"pv\",\"eid\":\"" + UUID.randomUUID() + "\",\"uid\":\"" + person.user()
                        + "\",\"page\":\"" + Base64.getEncoder().encodeToString(text) + "\"}";
            }
            collector.track(some);
        }
        settle();
    }

    @Test
    void the_log_has_counts_and_keyed_hashes_and_no_id() throws Exception {
        String lines;
        try (CapturedLog log = CapturedLog.of(Logger.ROOT_LOGGER_NAME)) {
            start(false);
            both("uid", one -> Map.of("uid", one.user()));
            forget(QUESTION);
            lines = String.join("\n", log.messages());
        }

        assertThat(lines)
                .containsPattern(
                        "/micro/forget removed 1 events, 0 requests of failed events and 0 waiting events in \\d+ ms,"
                                + " requested .+; users \\[[0-9a-f]{32}], global users \\[[0-9a-f]{32}]")
                .doesNotContain(PERSON.user(), PERSON.global());
    }

    // Failed requests, which can contain an id anywhere

    private static String json(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    private static byte[] cut(byte[] bytes, int end) {
        return Arrays.copyOf(bytes, bytes.length - end);
    }

    /** Escapes a text as ASCII-only JSON encoders do. */
    private static String escaped(String text) {
        StringBuilder all = new StringBuilder();
        for (char c : json(text).replace("/", "\\/").toCharArray()) {
            all.append(c < 128 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return all.toString();
    }

    private void postRaw(byte[] body, String... headers) throws Exception {
        assertThat(collector.post(TestCollector.TP2, body, headers).statusCode())
                .isEqualTo(200);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Sends requests with one failed event each, in which the person is hard to find. */
    private int sendHidden(String id) throws Exception {
        String other = "{\"e\":\"pv\",\"uid\":\"control\"}";
        String event = "{\"e\":\"pv\",\"uid\":" + json(id) + "}";
        String of = "{\"e\":\"pv\",\"uid\":" + escaped(id) + "}";
        String standard = standard("\"user_id\":" + escaped(id));
        String[] gzip = {"Content-Encoding", "gzip"};
        List<byte[]> plain = new ArrayList<>();
        plain.add(utf8(TestCollector.payload(other, event).replace("payload_data", "other_data")));
        plain.add(utf8("{\"data\":[" + other + "," + event + "]}"));
        plain.add(utf8("{\"data\":" + event
                + ",\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\"}"));
        plain.add(cut(utf8(TestCollector.payload(of)), 3));
        plain.add(cut(utf8(TestCollector.payload("{\"e\":\"pv\",\"co\":" + json(standard) + "}")), 3));
        plain.add(utf8(TestCollector.payload(
                "{\"e\":\"pv\",\"co\":" + json(standard.substring(0, standard.length() - 3)) + "}")));
        plain.add(utf8(TestCollector.payload(
                "{\"e\":\"pv\",\"cx\":" + json(base64(standard.substring(0, standard.length() - 3))) + "}")));
        plain.add(TestCollector.payload(event).getBytes(StandardCharsets.UTF_16));
        for (String data : List.of(
                "[{\"user_id\":" + escaped(id) + "}]",
                "{\"environment\":\"test\",\"user_id\":[" + escaped(id) + "]}",
                "{\"environment\":\"test\",\"user_id\":{\"a\":{\"b\":[" + escaped(id) + "]}}}",
                "{\"environment\":1,\"user_id\":" + escaped(id) + "}")) {
            plain.add(utf8(TestCollector.payload("{\"e\":\"zz\",\"cx\":"
                    + json(base64(contexts("com.gitlab/gitlab_standard/jsonschema/1-1-7", data))) + "}")));
        }
        plain.add(utf8(TestCollector.payload("{\"e\":\"zz\",\"uid\":" + escaped(id) + ",\"uid\":\"o\"}")));
        plain.add(utf8(TestCollector.payload("{\"e\":\"zz\",\"user\":" + escaped(id) + "}")));
        plain.add(utf8(TestCollector.payload("{\"e\":\"pv\",\"uid\":[" + escaped(id) + "]}")));
        for (byte[] body : plain) {
            postRaw(body);
        }
        String many = "{}".concat(",{}".repeat(10_000));
        postRaw(gzip("{\"data\":[" + other + "," + event + "," + many + "]}"), gzip);
        byte[] whole = gzip(TestCollector.payload(
                event, "{\"page\":\"" + new Random(1).ints(200).boxed().toList() + "\"}"));
        postRaw(cut(whole, 500), gzip);
        postRaw(cut(whole, 500));
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8);
        assertThat(collector.get("/i?e=zz&uid=" + encoded + "&uid=o").statusCode())
                .isEqualTo(200);
        return plain.size() + 4;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_person_is_found_in_whatever_failed(boolean inMemory) throws Exception {
        start(inMemory);
        String person = "m\u00fcller/\"7\ud83d\ude00";
        int count = sendHidden(person);
        sendHidden("m\u00f6ller/\"7\ud83d\ude00");
        settle();
        long before = total();
        assertThat(before).isEqualTo(2L * count);

        JsonNode removed = forget(JsonMapper.shared().writeValueAsString(Map.of("users", List.of(person))));

        assertThat(removed.path("events").asInt()).isEqualTo(count);
        assertThat(removed.path("requests").asInt()).isEqualTo(count);
        assertThat(total()).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void numbers_are_compared_by_their_value(boolean isPseudonym) throws Exception {
        pseudonyms = isPseudonym ? new PseudonymSettings(KEY, EnumSet.allOf(PseudonymSettings.Field.class)) : null;
        start(false);
        for (String kind : List.of("pv", "zz")) {
            for (String number : List.of("70010001.0", "7.0010001e7", "7.0010002E+7", "700100010")) {
                collector.track("{\"e\":\"" + kind + "\",\"co\":" + json(standard("\"user_id\":" + number)) + "}");
            }
        }
        settle();

        assertThat(forget("{\"users\":[\"70010001\"]}").path("events").asInt()).isEqualTo(4);

        assertThat(total()).isEqualTo(4);
        assertThat(forget("{\"users\":[\"70010002\"]}").path("events").asInt()).isEqualTo(2);
    }

    /** Otherwise, each schema key 1-0-0 would match the user 1. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_short_id_is_found_where_ids_are_and_not_by_chance(boolean inMemory) throws Exception {
        start(inMemory);
        String url = "\"url\":\"http://example.com/1/\"";
        collector.track("{\"e\":\"zz\"," + url + ",\"co\":" + json(standard("\"user_id\":7")) + "}");
        collector.track("{\"e\":\"zz\"," + url + ",\"co\":" + json(standard("\"user_id\":1")) + "}");
        collector.track("{\"e\":\"zz\"," + url + ",\"uid\":\"1\",\"uid\":\"7\"}");
        collector.track("{\"e\":\"zz\"," + url + ",\"co\":" + json(standard("\"user_id\":[1]")) + "}");
        settle();

        assertThat(forget("{\"users\":[\"1\"]}").path("events").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_came_while_it_was_looked_for_is_removed_too(boolean inMemory) throws Exception {
        start(inMemory);
        sendHidden("other");
        settle();
        PersonRemoval removal = collector
                .store()
                .removal(
                        new PersonMatch(new Persons(Set.of(PERSON.user()), Set.of(PERSON.global()))),
                        RawRequests.sealedBy(null));
        removal.find();
        long before = total();
        sendEverything();

        Forgotten removed =
                collector.processor().change(store -> removal.remove()).get(60, TimeUnit.SECONDS);

        assertThat(removed).isEqualTo(new Forgotten(13, 8, 1));
        assertForgotten(api());
        assertThat(total()).isEqualTo(before + 13);
    }

    @Test
    void an_event_that_waits_is_left_if_an_id_is_elsewhere_and_the_others_of_its_request_go() throws Exception {
        start(false);
        String context = base64(contexts("com.acme/thing/jsonschema/1-0-0", "{\"a\":1}"));
        String page = "http://example.com/" + PERSON.user();
        collector.track(
                event("waiting", CONTROL, Map.of("uid", CONTROL.user(), "url", page, "cx", context)),
                event("failed", PERSON, Map.of("e", "zz", "url", page)),
                event("second waiting", PERSON, Map.of("uid", PERSON.user(), "cx", context)));
        settle();
        await().atMost(LONG)
                .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 1.0\n"));

        JsonNode removed = forget(QUESTION);

        assertThat(removed.path("events").asInt()).isEqualTo(1);
        assertThat(removed.path("waiting").asInt()).isEqualTo(1);
        awaitTheOtherThatWaited();
        assertThat(total()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_person_is_found_in_the_query_of_a_post_and_in_a_webhooks_event(boolean inMemory) throws Exception {
        start(inMemory);
        for (Person one : List.of(PERSON, CONTROL)) {
            String failing = event("in a query", one, Map.of("e", "se", "se_va", "x"));
            assertThat(collector
                            .post(TestCollector.TP2 + "?uid=" + one.user(), TestCollector.payload(failing))
                            .statusCode())
                    .isEqualTo(200);
            // Rejected as a whole, with the person in an event that is not the first.
            postRaw(
                    utf8(TestCollector.payload("{\"e\":\"pv\"}", event("refused", one, Map.of("uid", one.user())))),
                    "Content-Type",
                    "text/plain");
            assertThat(collector
                            .post(
                                    "/com.snowplowanalytics.iglu/v1",
                                    "[" + gitlabStandard("\"user_id\":" + one.user()) + ","
                                            + gitlabStandard("\"environment\":1,\"user_id\":" + one.user()) + "]")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(collector
                            .get("/com.snowplowanalytics.iglu/v1?schema=iglu:com.acme/none/jsonschema/1-0-0&user="
                                    + one.user())
                            .statusCode())
                    .isEqualTo(200);
        }
        settle();
        assertThat(api()).contains(PERSON.user(), CONTROL.user());
        assertThat(total()).isEqualTo(10);

        forget(QUESTION);

        assertForgotten(api());
        assertThat(api()).contains(CONTROL.user());
        assertThat(total()).isEqualTo(5);
    }

    private static String gitlabStandard(String fields) {
        return "{\"schema\":\"iglu:com.gitlab/gitlab_standard/jsonschema/1-1-7\",\"data\":{"
                + (fields.contains("environment") ? "" : "\"environment\":\"test\",") + fields + "}}";
    }

    @Test
    void the_other_events_of_a_webhooks_request_and_the_query_of_a_post_wait_on() throws Exception {
        start(false);
        String thing = "{\"schema\":\"iglu:com.acme/thing/jsonschema/1-0-0\",\"data\":{\"user\":\"%s\"}}";
        String about = "{\"schema\":\"iglu:com.acme/thing/jsonschema/1-0-0\",\"data\":{\"a\":"
                + gitlabStandard("\"user_id\":" + PERSON.user()) + "}}";
        assertThat(collector
                        .post(
                                "/com.snowplowanalytics.iglu/v1?aid=webhook",
                                "[" + about + "," + String.format(thing, "other") + "]")
                        .statusCode())
                .isEqualTo(200);
        String context = base64(contexts("com.acme/thing/jsonschema/1-0-0", "{\"a\":1}"));
        assertThat(collector
                        .post(
                                TestCollector.TP2 + "?aid=query",
                                TestCollector.payload(
                                        event("waits", PERSON, Map.of("uid", PERSON.user(), "cx", context)),
                                        event("waits", CONTROL, Map.of("uid", CONTROL.user(), "cx", context))))
                        .statusCode())
                .isEqualTo(200);
        settle();
        await().atMost(LONG)
                .until(() -> collector.get("/metrics").body().contains("internal_events_requests_aside 2.0\n"));

        assertThat(forget(QUESTION).path("waiting").asInt()).isEqualTo(2);

        hasSchema = true;
        await().atMost(LONG).until(() -> collector.json("/micro/good").size() == 2);
        assertForgotten(api());
        String left = collector.get("/micro/good").body();
        assertThat(left).contains("\"app_id\":\"webhook\"", "\"app_id\":\"query\"");
        assertThat(total()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"users\":[]}",
                "{\"users\":[7]}",
                "{\"users\":[\"\"]}",
                "{\"users\":\"7\"}",
                "{\"users\":null}",
                "{\"users\":[\"7\"],\"user\":[\"8\"]}",
                "{\"users\":[\"70010001\"],\"users\":[\"b\"]}",
                "{\"users\":[\"a\"],\"u\\u0073ers\":[\"70010001\"]}"
            })
    void a_question_that_is_wrong_is_answered_400_and_removes_nothing(String question) throws Exception {
        start(true);
        both("uid", one -> Map.of("uid", one.user()));

        var answer = collector.post("/micro/forget", question);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("error");
        assertThat(total()).isEqualTo(2);
    }

    @Test
    void ids_of_500_characters_and_lists_of_1000_ids_are_taken_and_larger_ones_are_not() throws Exception {
        start(true);
        String longest = "i".repeat(500);
        collector.track(event("uid", PERSON, Map.of("uid", "u999")));

        assertThat(collector
                        .post("/micro/forget", "{\"users\":[\"" + longest + "i\"]}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(forget("{\"users\":[\"" + longest + "\"]}").path("events").asLong())
                .isZero();
        String thousand = Stream.iterate(0, i -> i + 1)
                .limit(1000)
                .map(i -> "\"u" + i + "\"")
                .collect(Collectors.joining(","));
        assertThat(collector
                        .post("/micro/forget", "{\"users\":[" + thousand + ",\"one\"]}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(forget("{\"users\":[" + thousand + "]}").path("events").asLong())
                .isEqualTo(1);
    }
}
