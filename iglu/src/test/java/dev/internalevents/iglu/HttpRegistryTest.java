package dev.internalevents.iglu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRegistryTest {

    private static final SchemaKey KEY = SchemaKey.of("com.acme", "thing", "1-0-0");
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/schemas/com.acme/thing/jsonschema/1-0-0", exchange -> {
            asked.incrementAndGet();
            byte[] body = "{\"type\":\"object\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status.get(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private HttpRegistry registry(Duration hits, Duration misses) {
        return new HttpRegistry(new HttpRegistry.Settings("acme", uri(), null, List.of("com.acme"), hits, misses));
    }

    private static List<Violation> violations(SchemaValidator validator, SelfDescribingJson json) {
        while (true) {
            try {
                return validator.validate(json);
            } catch (SchemaPendingException e) {
                e.settled().join();
            }
        }
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Test
    void caches_found_and_missing_schemas() {
        HttpRegistry registry = registry(LONG, LONG);
        assertThat(Answers.last(registry, KEY)).isInstanceOf(Registry.Present.class);
        assertThat(registry.find(KEY)).isInstanceOf(Registry.Present.class);
        assertThat(asked).hasValue(1);
        assertThat(Answers.last(registry, SchemaKey.of("com.acme", "nothing", "1-0-0")))
                .isEqualTo(new Registry.Missing());
        status.set(404);
        HttpRegistry other = registry(LONG, LONG);
        assertThat(Answers.last(other, KEY)).isEqualTo(new Registry.Missing());
        assertThat(other.find(KEY)).isEqualTo(new Registry.Missing());
        assertThat(asked).hasValue(2);
    }

    @Test
    void asks_again_after_the_time_to_live_and_uses_the_cached_schema_while_the_registry_does_not_answer() {
        HttpRegistry registry = registry(Duration.ZERO, Duration.ZERO);
        assertThat(Answers.last(registry, KEY)).isInstanceOf(Registry.Present.class);
        status.set(500);
        assertThat(registry.find(KEY)).isInstanceOf(Registry.Present.class);
        await().until(() -> asked.get() == 2);
        assertThat(registry.find(KEY)).isInstanceOf(Registry.Present.class);
        HttpRegistry other = registry(LONG, LONG);
        ((Registry.Pending) other.find(KEY)).settled().join();
        assertThat(((Registry.Pending) other.find(KEY)).reason())
                .isEqualTo("the registry acme (127.0.0.1) does not answer: status 500");
    }

    @Test
    void nothing_is_decided_while_a_registry_that_may_have_it_is_unavailable() {
        status.set(503);
        SchemaValidator validator =
                new SchemaValidator(new Resolver(List.of(registry(LONG, LONG), new ShippedRegistry())));
        SelfDescribingJson json = new SelfDescribingJson(KEY, Json.parse("{}"));

        assertThatThrownBy(() -> validator.validate(json)).isInstanceOf(SchemaPendingException.class);
        assertThat(violations(
                        validator,
                        new SelfDescribingJson(
                                SchemaKey.of("com.snowplowanalytics.snowplow", "link_click", "1-0-1"),
                                Json.parse("{\"targetUrl\":\"x\"}"))))
                .isEmpty();
        status.set(200);
        assertThat(violations(validator, json)).isEmpty();
    }

    @Test
    void reads_the_resolver_json_of_snowplows_tools(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("resolver.json"), """
                {"schema":"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3","data":{"cacheSize":500,"cacheTtl":99999999999999,
                 "repositories":[
                  {"name":"Local","priority":5,"vendorPrefixes":["com.snowplowanalytics"],"connection":{"embedded":{"path":"/iglu-client-embedded"}}},
                  {"name":"Remote","priority":0,"vendorPrefixes":["com.acme"],"connection":{"http":{"uri":"%s","apikey":"k"}}}]}}
                """.formatted(uri()));

        List<Registry> registries = ResolverConfig.read(file);

        assertThat(registries).extracting(Registry::name).containsExactly("shipped schemas", "Remote (127.0.0.1)");
        assertThat(Answers.last(registries.get(1), KEY)).isInstanceOf(Registry.Present.class);
        assertThat(registries.get(1).isMeantFor("com.acme.shop")).isTrue();
        assertThat(registries.get(0).isMeantFor("com.snowplowanalytics.iglu")).isTrue();
        assertThat(registries.get(0).isMeantFor("com.acme.shop")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{|not JSON",
                "[]|is not an object",
                "{}|\"schema\" is null, expected iglu:com.snowplowanalytics.iglu/resolver-config",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\"}|\"data\" is not an object",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{}}|\"data/repositories\" is missing",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{}}]}}|\"data/repositories/0/connection\" has neither",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"ftp://x\"}}}]}}|is not the address of a web server",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://u:s3cret@ho st\"}}}]}}|\"http://…@ho st\" is not a valid URL",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://r.test\",\"apikey\":\"a\\nb\"}}}]}}|\"data/repositories/0/connection/http/apikey\" contains a character that is not allowed in a header, such as a line end; expected printable ASCII",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://r.test\",\"apikey\":\"k\\u00e9y\"}}}]}}|\"data/repositories/0/connection/http/apikey\" contains a character that is not allowed in a header, such as a line end; expected printable ASCII",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://r.test\",\"apikey\":\"a\\u0000\"}}}]}}|\"data/repositories/0/connection/http/apikey\" contains a character that is not allowed in a header, such as a line end; expected printable ASCII",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://r.test\",\"apikey\":5}}}]}}|\"data/repositories/0/connection/http/apikey\" is not a string; expected a string or null",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":5}}}]}}|\"data/repositories/0/connection/http/uri\" is 5, expected the registry's address, a string",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"vendorPrefixes\":\"com.acme\",\"connection\":{\"http\":{\"uri\":\"http://r.test\"}}}]}}|\"data/repositories/0/vendorPrefixes\" is \"com.acme\", expected an array of strings",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"vendorPrefixes\":[1],\"connection\":{\"http\":{\"uri\":\"http://r.test\"}}}]}}|\"data/repositories/0/vendorPrefixes\" contains 1, expected strings",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"priority\":1.5,\"connection\":{\"http\":{\"uri\":\"http://r.test\"}}}]}}|\"data/repositories/0/priority\" is 1.5, expected a whole number",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"priority\":\"1\",\"connection\":{\"http\":{\"uri\":\"http://r.test\"}}}]}}|\"data/repositories/0/priority\" is \"1\", expected a whole number",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"name\":1,\"connection\":{\"http\":{\"uri\":\"http://r.test\"}}}]}}|\"data/repositories/0/name\" is 1, expected a string",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"prioritty\":1,\"connection\":{\"http\":{\"uri\":\"http://r.test\"}}}]}}|\"data/repositories/0\" has an unknown key \"prioritty\"; expected name, priority, vendorPrefixes, connection",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://r.test\",\"apiKey\":\"s3cret\"}}}]}}|\"data/repositories/0/connection/http\" has an unknown key \"apiKey\"; expected uri, apikey",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://r.test\"},\"embedded\":{\"path\":\"/iglu-client-embedded\"}}}]}}|\"data/repositories/0/connection\" has both",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"embedded\":{\"path\":\"/not-there\"}}}]}}|\"data/repositories/0/connection/embedded/path\" is \"/not-there\", which is not a folder; expected a folder, or \"/iglu-client-embedded\"",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"cacheTtl\":\"600\",\"repositories\":[]}}|\"data/cacheTtl\" is \"600\", expected a whole number of seconds, 0 or more, or null",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"cacheTtl\":-1,\"repositories\":[]}}|\"data/cacheTtl\" is -1, expected a whole number of seconds",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"cacheSize\":true,\"repositories\":[]}}|\"data/cacheSize\" is true, expected a number",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"ttl\":1,\"repositories\":[]}}|\"data\" has an unknown key \"ttl\"; expected cacheSize, cacheTtl, repositories",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[]},\"extra\":1}|the file has an unknown key \"extra\"; expected schema, data",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-99x\",\"data\":{\"repositories\":[]}}|\"schema\" is iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-99x, expected",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"embedded\":{\"path\":\"\"}}}]}}|\"data/repositories/0/connection/embedded/path\" is \"\", which is not a folder",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"embedded\":{\"path\":\"/a\\u0000b\"}}}]}}|which is not a folder",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://u:s3cret@r.test:99999\"}}}]}}|\"http://…@r.test:99999\" has a port above 65535",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://127.0.0.1:99999999\"}}}]}}|\"http://127.0.0.1:99999999\" has a port above 65535",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://127.0.0.1:99999999999\"}}}]}}|\"http://127.0.0.1:99999999999\" has no valid host and port; expected for example",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://:8080/a\"}}}]}}|\"http://:8080/a\" has no valid host and port",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http://u:s3cret@:80\"}}}]}}|\"http://…@:80\" has no valid host and port",
                "{\"schema\":\"iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3\",\"data\":{\"repositories\":[{\"connection\":{\"http\":{\"uri\":\"http:///a\"}}}]}}|is not the address of a web server"
            })
    void an_invalid_file_is_reported_with_its_key(String text, @TempDir Path folder) throws Exception {
        String[] parts = text.split("\\|");
        Path file = Files.writeString(folder.resolve("resolver.json"), parts[0]);

        assertThatThrownBy(() -> ResolverConfig.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(parts[1])
                .message()
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"#\"}",
                "{\"definitions\":{\"a\":{\"$ref\":\"#/definitions/b\"},\"b\":{\"$ref\":\"#/definitions/a\"}},\"$ref\":\"#/definitions/a\"}",
                "{\"properties\":{\"n\":{\"pattern\":\"HUGE\"}}}",
                "{\"properties\":{\"n\":{\"pattern\":\"(a+)+$\"}}}",
                "{\"properties\":{\"n\":{\"pattern\":\"((\"}}}",
                "{\"$ref\":\"file:///etc/hostname\"}",
                "{\"$ref\":\"file:///etc/passwd\"}"
            })
    void a_malicious_schema_gives_a_reason(String schema, @TempDir Path folder) throws Exception {
        Path file = folder.resolve(KEY.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, schema.replace("HUGE", "(a|b)".repeat(100_000)));
        SchemaValidator validator = new SchemaValidator(new Resolver(List.of(new FolderRegistry(folder))));
        String text = "a".repeat(5_000) + "!";

        assertThat(validator.validate(new SelfDescribingJson(KEY, Json.parse("{\"n\":\"" + text + "\"}"))))
                .isNotEmpty();
    }
}
