package dev.internalevents.spring.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the headers of a request decide, without Spring Security. */
class EventApiHeadersTest {

    private static final Principal CALLER = () -> "ada";

    @TempDir
    private Path folder;

    private InternalEventsClient client;
    private EventApi api;

    @BeforeEach
    void create() throws IOException {
        Files.createDirectories(folder.resolve("events"));
        Files.writeString(
                folder.resolve("events/asked.yml"),
                "description: a\ninternal_events: true\naction: asked\ntiers: [free]\n");
        client = InternalEventsClient.builder().enabled(true).delivery(false).build();
        api = new EventApi(client, DefinitionFiles.load(folder), null, 600, System::nanoTime);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @CsvSource({
        "http://shop.example, shop.example",
        "http://shop.example, shop.example:80",
        "https://shop.example, shop.example:443",
        "http://shop.example:80, shop.example",
        "https://Shop.Example, SHOP.example:443",
        "HTTPS://SHOP.EXAMPLE, shop.example",
        "http://shop.example:8080, shop.example:8080",
        "http://my_shop, my_shop:80",
        "http://[::1], [::1]:80",
        "http://[::1]:8080, [::1]:8080"
    })
    void pages_of_the_same_origin_may_track(String origin, String host) {
        assertThat(status(Map.of("Origin", origin, "Host", host))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "http://shop.example, shop.example:443",
        "https://shop.example, shop.example:80",
        "http://shop.example, shop.example:8080",
        "http://shop.example:8080, shop.example",
        "http://evil.example, shop.example",
        "http://shop.example.evil.example, shop.example",
        "http://evil.example:80, shop.example:80",
        "null, null",
        "shop.example, shop.example",
        "ftp://shop.example, shop.example",
        "http://[::80], [::]"
    })
    void pages_of_other_origins_may_not(String origin, String host) {
        assertThat(status(Map.of("Origin", origin, "Host", host))).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=UTF-8",
                "application/json ; charset=\"utf-8\"; a=b"
            })
    void json_is_accepted_with_any_parameters(String type) {
        assertThat(status(Map.of("Content-Type", type))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/jsonx",
                "application/json-patch+json",
                "application/json, text/plain",
                "application/x+json",
                "text/plain; application/json"
            })
    void other_types_are_answered_415(String type) {
        assertThat(status(Map.of("Content-Type", type))).isEqualTo(415);
    }

    /** Returns the status of the refusal; 0 if the headers are accepted. */
    private int status(Map<String, String> own) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Content-Type", "application/json");
        headers.putAll(own);
        @Nullable EventApiAnswer refusal = api.refusal(CALLER, headers::get, false);
        return refusal == null ? 0 : refusal.status();
    }
}
