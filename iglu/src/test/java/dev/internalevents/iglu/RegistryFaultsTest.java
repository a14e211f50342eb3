package dev.internalevents.iglu;

import static dev.internalevents.iglu.RegistryServer.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of a registry over HTTP, and their effect on its caller. */
@Tag("slow")
class RegistryFaultsTest {

    private static final SchemaKey LINK_CLICK = SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1");
    private static final LookUpLimits QUICK = limits(50, 10_000, 10_000, Duration.ofSeconds(10));

    private final AtomicLong nanos = new AtomicLong();
    private final Ticker ticker = nanos::get;
    private RegistryServer server;

    @BeforeEach
    void start() throws IOException {
        server = new RegistryServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static LookUpLimits limits(int inFlight, int waiting, int perVendor, Duration window) {
        return new LookUpLimits(
                inFlight,
                waiting,
                new LookUpLimits.PerVendor(perVendor, window),
                new LookUpLimits.BackOff(Duration.ofMillis(50), Duration.ofMillis(200)),
                Duration.ofSeconds(5),
                Duration.ofMinutes(1));
    }

    private HttpRegistry registry(LookUpLimits limits) {
        return registry(null, limits);
    }

    private HttpRegistry registry(String apiKey, LookUpLimits limits) {
        return new HttpRegistry(new HttpRegistry.Settings("acme", server.uri(), apiKey), limits, ticker);
    }

    /** Asks again when the first look-up has ended. */
    private static Registry.Answer second(Registry registry, SchemaKey key) {
        if (registry.find(key) instanceof Registry.Pending pending) {
            pending.settled().join();
        }
        return registry.find(key);
    }

    /** Asks once for each of several schemas. */
    private static List<SchemaKey> asked(Registry registry, int schemas, String name) {
        List<SchemaKey> keys =
                IntStream.range(0, schemas).mapToObj(i -> key(name + i)).toList();
        keys.forEach(registry::find);
        return keys;
    }

    private static String reason(Registry.Answer answer) {
        return answer instanceof Registry.Pending pending
                ? "pending: " + pending.reason()
                : answer instanceof Registry.Refusal refusal ? "refused: " + refusal.reason() : answer.toString();
    }

    @Test
    void a_key_that_the_registry_cannot_handle_does_not_affect_others() {
        Map<String, String> expected = new LinkedHashMap<>();
        String refused = "refused: the registry acme (127.0.0.1) ";
        String away = "pending: the registry acme (127.0.0.1) does not answer: ";
        expected.put("status403", refused + "answered 403 for this schema; if it needs an API key, check it");
        expected.put("status401", refused + "answered 401 for this schema; if it needs an API key, check it");
        expected.put("status400", refused + "answered 400 for this schema");
        expected.put("status304", refused + "answered 304 for this schema");
        expected.put("html", refused + "sent a response that is not JSON for this schema: ");
        expected.put("latin", refused + "sent a response that is not UTF-8 for this schema");
        expected.put("huge", refused + "sent more than 4000000 bytes for this schema");
        expected.put("circle", refused + "answered 302 for this schema and redirects in a loop");
        expected.put("elsewhere", refused + "answered 302 for this schema and redirects to a location that is not a");
        expected.put("status500", away + "status 500");
        expected.put("half", away);
        expected.put("silent", away + "no answer within 5 s");
        expected.put("drip", away + "its answer was not complete within 5 s");
        HttpRegistry registry = registry(QUICK);
        expected.keySet().forEach(name -> registry.find(key(name)));

        for (int i = 0; i < 100; i++) {
            assertThat(Answers.last(registry, key("good" + i))).isEqualTo(new Registry.Present(RegistryServer.SCHEMA));
            assertThat(Answers.last(registry, key("nothing" + i))).isEqualTo(new Registry.Missing());
        }
        expected.forEach((name, reason) -> {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !reason(registry.find(key(name))).endsWith("has not answered yet"));
            assertThat(reason(registry.find(key(name)))).startsWith(reason);
        });
        assertThat(Answers.last(registry, key("good"))).isInstanceOf(Registry.Present.class);
    }

    @Test
    void a_schema_in_another_registry_is_found_whatever_the_first_one_answers() {
        for (int status : new int[] {400, 403, 302, 404, 500, 429}) {
            server.status = status;
            HttpRegistry first = registry(QUICK);
            Resolver resolver = new Resolver(List.of(first, new ShippedRegistry()));
            // While the first registry is undecided, a later one must not win.
            assertThat(resolver.resolve(LINK_CLICK)).isInstanceOf(Resolver.Pending.class);
            assertThat(resolver.resolve(LINK_CLICK, Duration.ofSeconds(10)))
                    .as("status " + status)
                    .isInstanceOf(Resolver.Found.class);
        }
        server.status = 200;
        assertThat(new Resolver(List.of(registry(QUICK), new ShippedRegistry()))
                        .resolve(LINK_CLICK, Duration.ofSeconds(10)))
                .isEqualTo(new Resolver.Found(RegistryServer.SCHEMA, "acme (127.0.0.1)"));
    }

    @Test
    void a_wrong_api_key_refuses_every_schema_and_asks_once_for_each() {
        server.status = 401;
        HttpRegistry registry = registry("wrong", QUICK);
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(registry)));
        for (int i = 0; i < 20; i++) {
            SchemaKey key = key("thing" + i);
            Answers.last(registry, key);
            assertThatThrownBy(() -> validator.validate(new SelfDescribingJson(key, Map.of())))
                    .isInstanceOf(SchemaRefusedException.class)
                    .hasMessage(key + " could not be looked up: the registry acme (127.0.0.1) answered 401 for this"
                            + " schema; if it needs an API key, check it");
        }
        assertThat(server.asked).hasValue(20);
    }

    @Test
    void an_unavailable_registry_is_asked_for_one_key_at_a_time_until_it_is_back() {
        server.status = 503;
        HttpRegistry registry = registry(QUICK);
        for (int i = 0; i < 3; i++) {
            second(registry, key("first" + i));
        }
        await().until(() -> reason(registry.find(key("one"))).endsWith("status 503"));
        List<SchemaKey> keys =
                IntStream.range(0, 300).mapToObj(i -> key("k" + i)).toList();
        server.most.set(0);
        int before = server.asked.get();
        keys.forEach(registry::find);
        await().until(() -> server.asked.get() > before + 3);
        assertThat(server.most).hasValueLessThanOrEqualTo(1);
        assertThat(keys)
                .allSatisfy(key -> assertThat(reason(registry.find(key)))
                        .isEqualTo("pending: the registry acme (127.0.0.1) does not answer: status 503"));

        server.status = 200;
        assertThat(keys)
                .allSatisfy(key -> assertThat(Answers.last(registry, key)).isInstanceOf(Registry.Present.class));
    }

    @Test
    void a_stopped_registry_is_used_again_and_its_cached_schemas_count_meanwhile() throws IOException {
        HttpRegistry registry = new HttpRegistry(
                new HttpRegistry.Settings("acme", server.uri(), null, List.of(), Duration.ZERO, Duration.ofSeconds(60)),
                QUICK,
                ticker);
        assertThat(Answers.last(registry, key("good"))).isInstanceOf(Registry.Present.class);
        InetSocketAddress address = new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.uri().getPort());
        server.close();
        await().until(() -> reason(second(registry, key("nothing"))).contains("does not answer"));
        assertThat(registry.find(key("good"))).isInstanceOf(Registry.Present.class);

        server = new RegistryServer(address);
        assertThat(Answers.last(registry, key("nothing"))).isEqualTo(new Registry.Missing());
        assertThat(Answers.last(registry, key("good2"))).isInstanceOf(Registry.Present.class);
    }

    @Test
    void keys_that_make_the_registry_fail_do_not_make_it_count_as_unavailable() {
        HttpRegistry registry = registry(QUICK);
        Answers.last(registry, key("good"));
        for (int i = 0; i < 20; i++) {
            second(registry, key("status500x" + i));
        }
        for (int i = 0; i < 100; i++) {
            registry.find(key("status500x" + i % 20));
            assertThat(Answers.last(registry, key("good" + i))).isInstanceOf(Registry.Present.class);
        }
    }

    @Test
    void a_known_key_that_makes_the_registry_fail_does_not_make_it_count_as_unavailable() {
        HttpRegistry registry = registry(QUICK);
        Answers.last(registry, LINK_CLICK);
        server.status = 500;
        for (int i = 0; i < 5; i++) {
            second(registry, key("status500x" + i));
        }

        assertThat(Answers.last(registry, key("good"))).isInstanceOf(Registry.Present.class);
    }

    @Test
    void many_unknown_schemas_are_looked_up_in_parallel_within_the_limit() throws Exception {
        HttpRegistry registry = registry(QUICK);
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(registry, new ShippedRegistry())));
        assertThat(Answers.last(registry, key("good"))).isInstanceOf(Registry.Present.class);
        List<SchemaKey> keys =
                IntStream.range(0, 800).mapToObj(i -> key("slow" + i)).toList();
        for (SchemaKey key : keys) {
            assertThatThrownBy(() -> validator.validate(new SelfDescribingJson(key, Map.of())))
                    .isInstanceOf(SchemaPendingException.class);
            assertThat(validator.validate(new SelfDescribingJson(key("good"), Map.of())))
                    .isEmpty();
        }
        for (SchemaKey key : keys) {
            if (registry.find(key) instanceof Registry.Pending pending) {
                pending.settled().get(30, TimeUnit.SECONDS);
            }
            assertThat(registry.find(key)).isEqualTo(new Registry.Missing());
        }
        assertThat(server.most.get()).isBetween(2, 50);
        assertThat(server.asked).hasValue(801);
    }

    @Test
    void a_vendor_with_too_many_unknown_schemas_has_the_others_looked_up_later() {
        HttpRegistry registry = registry(limits(50, 10_000, 20, Duration.ofSeconds(1)));
        List<SchemaKey> keys = asked(registry, 50, "nothing");

        assertThat(reason(registry.find(keys.get(49))))
                .isEqualTo("pending: more than 20 unknown schemas of the vendor com.acme were asked for within 1 s; the"
                        + " registry acme (127.0.0.1) is asked for the others as the limit allows");
        assertThat(Answers.last(registry, SchemaKey.of("com.other", "thing", "1-0-0")))
                .isEqualTo(new Registry.Missing());
        assertThat(keys)
                .allSatisfy(key -> assertThat(Answers.last(registry, key)).isEqualTo(new Registry.Missing()));
        assertThat(server.asked).hasValue(51);
    }

    @Test
    void waiting_look_ups_are_limited_and_are_sent_when_there_is_room() {
        HttpRegistry registry = registry(limits(2, 10, 10_000, Duration.ofSeconds(10)));
        List<SchemaKey> keys = asked(registry, 100, "slow");

        assertThat(reason(registry.find(keys.get(99))))
                .isEqualTo("pending: more than 10 unknown schemas wait for the registry acme (127.0.0.1)");
        assertThat(keys)
                .allSatisfy(key -> assertThat(Answers.last(registry, key)).isEqualTo(new Registry.Missing()));
        assertThat(server.most).hasValueLessThanOrEqualTo(2);
    }

    @Test
    void a_slowly_dripping_answer_releases_its_slot_and_its_connection() {
        HttpRegistry registry = registry(limits(1, 10, 10_000, Duration.ofSeconds(10)));
        registry.find(key("drip"));

        assertThat(Answers.last(registry, key("good"))).isInstanceOf(Registry.Present.class);
        await().atMost(Duration.ofSeconds(30)).until(() -> server.gone.get() == 1);
    }

    @Test
    void a_blocking_look_up_waits_no_longer_than_its_timeout() {
        Resolver resolver = new Resolver(List.of(registry(QUICK)));

        assertThat(resolver.resolve(key("silent"), Duration.ofMillis(100))).isInstanceOf(Resolver.Pending.class);
        assertThat(resolver.resolve(key("good"), Duration.ofSeconds(30))).isInstanceOf(Resolver.Found.class);
        assertThat(resolver.resolve(key("status500"), Duration.ofMinutes(10))).isInstanceOf(Resolver.Pending.class);
    }

    @Test
    void a_caller_that_times_out_its_future_does_not_affect_others() {
        Resolver resolver = new Resolver(List.of(registry(QUICK)));
        Resolver.Pending pending = (Resolver.Pending) resolver.resolve(key("slow"));
        pending.settled().cancel(true);

        assertThat(pending.settled().isCancelled()).isFalse();
        assertThat(resolver.resolve(key("slow"), Duration.ofSeconds(30))).isInstanceOf(Resolver.NotFound.class);
    }

    // Redirects

    @Test
    void up_to_five_redirects_are_followed() {
        HttpRegistry registry = registry("the key", QUICK);

        assertThat(Answers.last(registry, key("hops5"))).isInstanceOf(Registry.Present.class);
        assertThat(server.apiKey).isEqualTo("the key");
        assertThat(reason(Answers.last(registry, key("hops6"))))
                .endsWith("answered 302 for this schema and redirects more than 5 times");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1/",
                "http://172.31.255.1/",
                "http://192.168.1.1/",
                "http://100.64.0.1/",
                "http://169.254.169.254/latest/meta-data",
                "http://2852039166/latest/meta-data",
                "http://[fd00::1]/",
                "http://[fe80::1]/",
                "http://[::ffff:10.0.0.1]/",
                "http://[64:ff9b::a00:1]/"
            })
    void a_redirect_to_an_internal_address_is_refused(String inner) {
        server.location = inner;

        assertThat(reason(Answers.last(registry(QUICK), key("elsewhere"))))
                .contains("answered 302 for this schema and redirects to an internal address (");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://example.com/x", "file:///etc/passwd", "http:///x", "http://[", "gopher://127.0.0.1/"})
    void a_redirect_to_anything_but_a_web_address_is_refused(String to) {
        server.location = to;

        assertThat(reason(Answers.last(registry(QUICK), key("elsewhere"))))
                .endsWith("answered 302 for this schema and redirects to a location that is not a web address");
    }

    @Test
    void a_registry_that_is_not_on_this_machine_cannot_redirect_to_it() throws IOException {
        List<Inet4Address> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(Inet4Address.class::cast)
                .toList();
        assumeThat(own).as("addresses of this machine but loopback").isNotEmpty();
        try (RegistryServer outer = new RegistryServer(new InetSocketAddress(own.get(0), 0))) {
            HttpRegistry registry =
                    new HttpRegistry(new HttpRegistry.Settings("outer", outer.uri(), null), QUICK, ticker);
            for (String host : new String[] {"127.0.0.1", "localhost", "2130706433", "[::1]", "0.0.0.0", "[::]"}) {
                outer.location =
                        "http://" + host + ":" + server.uri().getPort() + "/schemas/com.acme/good/jsonschema/1-0-0";
                nanos.addAndGet(Duration.ofMinutes(2).toNanos());
                assertThat(reason(Answers.last(registry, key("elsewhere"))))
                        .contains("redirects to an internal address (");
            }
        }
        assertThat(server.asked).hasValue(0);
    }

    @Test
    void an_api_key_is_not_sent_to_another_server() throws IOException {
        try (RegistryServer other = new RegistryServer()) {
            server.location = other.uri() + "/schemas/com.acme/good/jsonschema/1-0-0";

            assertThat(reason(Answers.last(registry("secret", QUICK), key("elsewhere"))))
                    .endsWith("redirects to another server (127.0.0.1), which must not get the API key");
            assertThat(other.asked).hasValue(0);
            assertThat(Answers.last(registry(QUICK), key("elsewhere"))).isInstanceOf(Registry.Present.class);
            assertThat(other.apiKey).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,LOOPBACK",
        "127.9.9.9,LOOPBACK",
        "0.0.0.0,LOOPBACK",
        "0.1.2.3,LOOPBACK",
        "::1,LOOPBACK",
        "::,LOOPBACK",
        "::ffff:127.0.0.1,LOOPBACK",
        "64:ff9b::7f00:1,LOOPBACK",
        "::7f00:1,LOOPBACK",
        "169.254.169.254,LINK_LOCAL",
        "fe80::1,LINK_LOCAL",
        "64:ff9b::a9fe:a9fe,LINK_LOCAL",
        "10.1.2.3,PRIVATE",
        "172.16.0.1,PRIVATE",
        "192.168.0.1,PRIVATE",
        "100.127.0.1,PRIVATE",
        "198.19.0.1,PRIVATE",
        "224.0.0.1,PRIVATE",
        "255.255.255.255,PRIVATE",
        "fc00::1,PRIVATE",
        "fdff::1,PRIVATE",
        "fec0::1,PRIVATE",
        "ff02::1,PRIVATE",
        "172.32.0.1,PUBLIC",
        "100.128.0.1,PUBLIC",
        "93.184.215.14,PUBLIC",
        "2606:2800::1,PUBLIC",
        "64:ff9b::5db8:d70e,PUBLIC"
    })
    void addresses_are_classified(String address, Addresses.Kind kind) throws IOException {
        assertThat(Addresses.kind(InetAddress.getByName(address))).isEqualTo(kind);
    }

    // Caching

    @Test
    void a_missing_schema_is_remembered_for_60_seconds_and_a_found_one_for_10_minutes() {
        HttpRegistry registry = registry(QUICK);
        assertThat(Answers.last(registry, key("nothing"))).isEqualTo(new Registry.Missing());
        assertThat(Answers.last(registry, key("status403"))).isInstanceOf(Registry.Refusal.class);
        assertThat(Answers.last(registry, key("good"))).isInstanceOf(Registry.Present.class);
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(registry.find(key("nothing"))).isEqualTo(new Registry.Missing());
        assertThat(registry.find(key("status403"))).isInstanceOf(Registry.Refusal.class);
        assertThat(server.asked).hasValue(3);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(Answers.last(registry, key("nothing"))).isEqualTo(new Registry.Missing());
        assertThat(Answers.last(registry, key("status403"))).isInstanceOf(Registry.Refusal.class);
        assertThat(server.asked).hasValue(5);

        nanos.addAndGet(Duration.ofSeconds(538).toNanos());
        assertThat(registry.find(key("good"))).isInstanceOf(Registry.Present.class);
        assertThat(server.asked).hasValue(5);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(registry.find(key("good"))).isInstanceOf(Registry.Present.class);
        await().until(() -> server.asked.get() == 6);
    }

    @Test
    void a_million_made_up_names_stay_within_the_memory_limit() {
        HttpRegistry registry = registry(QUICK);
        String schema = "{\"description\":\"" + "x".repeat(5_000) + "\"}";
        for (int i = 0; i < 1_000_000; i++) {
            SchemaKey key = SchemaKey.of("com.acme" + i % 1000, "made_up_" + i, "1-0-0");
            registry.remember(
                    key,
                    i % 100 == 0
                            ? new Outcome.Schema(schema)
                            : i % 2 == 0 ? new Outcome.None() : new Outcome.Refused("answered 403"));
        }

        assertThat(registry.rememberedBytes())
                .isBetween(
                        HttpRegistry.MAX_REMEMBERED_BYTES / 2,
                        HttpRegistry.MAX_REMEMBERED_BYTES + HttpRegistry.MAX_REMEMBERED_MISSES_BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        "1,0,1000",
        "2,0,2000",
        "5,0,16000",
        "6,0,30000",
        "1000,0,30000",
        "1,7,7000",
        "5,7,16000",
        "1,86400,30000"
    })
    void the_pause_doubles_to_30_seconds_and_honours_retry_after(int attempts, int retryAfter, long millis) {
        assertThat(LookUpLimits.DEFAULT.backOff().pause(attempts, Duration.ofSeconds(retryAfter)))
                .isEqualTo(Duration.ofMillis(millis));
    }
}
