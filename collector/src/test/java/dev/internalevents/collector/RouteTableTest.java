package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table that dispatches requests says the same as the description of the API. */
class RouteTableTest {

    /** The dashboard, the ways to sign in, and the description itself. */
    private static final Set<String> NOT_DESCRIBED = Set.of(
            "/micro",
            "/micro/",
            "/micro/ui",
            "/micro/ui/*",
            "/micro/login",
            "/micro/login/openid",
            "/micro/login/callback",
            "/micro/openapi.json");

    @Test
    void paths_and_methods_are_those_of_the_openapi_document() throws Exception {
        assertThat(answered()).isEqualTo(described());
    }

    @Test
    void each_path_is_in_the_table_once() {
        assertThat(RouteTable.all().stream().map(Route::path)).doesNotHaveDuplicates();
    }

    @Test
    void a_path_finds_its_own_route() {
        for (Route route : RouteTable.all()) {
            assertThat(RouteTable.of(route.path().replace("*", "anything/below")))
                    .isSameAs(route);
        }
        for (String unknown : List.of("/micro/event", "/micro/events/", "/micro/ui/", "/micro/allx", "/metrics/", "")) {
            assertThat(RouteTable.of(unknown)).as(unknown).isNull();
        }
    }

    @Test
    void an_unknown_path_is_answered_with_all_paths_below_micro() throws Exception {
        String paths = RouteTable.all().stream()
                .map(Route::path)
                .filter(path -> path.startsWith("/micro"))
                .collect(Collectors.joining(", "));
        try (TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.micro());
            assertThat(collector.json("/micro/nothing").path("error").asString())
                    .isEqualTo("/micro/nothing does not exist; available paths: " + paths);
        }
    }

    @Test
    void a_wrong_method_is_answered_with_the_methods_of_the_table() throws Exception {
        try (TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.micro());
            for (Route route : RouteTable.all()) {
                String path = route.path().replace("*", "1");
                if (route.kind() != Route.Kind.OPEN) {
                    assertThat(collector.raw(
                                    "PATCH " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                            .as(route.toString())
                            .startsWith("HTTP/1.1 405 ")
                            .containsIgnoringCase(
                                    "\r\nAllow: " + names(route).collect(Collectors.joining(", ")) + "\r\n");
                }
            }
        }
    }

    @Test
    void head_is_answered_as_get() throws Exception {
        try (TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.micro());
            for (String path : List.of("/micro/nope", "/micro/ui/nope", "/micro/ui/", "/micro/ui", "/micro/all/")) {
                String end = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                String get = collector.raw("GET " + path + end);
                assertThat(collector.raw("HEAD " + path + end).lines().findFirst())
                        .as(path)
                        .isEqualTo(get.lines().findFirst());
            }
        }
    }

    @Test
    void head_does_not_keep_a_stream_open() throws Exception {
        try (TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.micro());
            assertThat(collector.raw("HEAD /micro/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("\r\nContent-Type: text/event-stream\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void a_slash_at_the_end_of_a_path_is_ignored() throws Exception {
        try (TestCollector collector = new TestCollector()) {
            collector.start(CollectorSettings.micro());
            for (String path : List.of("/micro/all", "/micro/ui", "/micro/openapi.json")) {
                assertThat(collector.get(path + "/").statusCode()).as(path).isEqualTo(200);
                assertThat(collector.get(path + "/").body())
                        .as(path)
                        .isEqualTo(collector.get(path).body());
            }
        }
    }

    private static Map<String, Set<String>> answered() {
        Map<String, Set<String>> methods = new TreeMap<>();
        for (Route route : RouteTable.all()) {
            if (route.path().startsWith("/micro") && !NOT_DESCRIBED.contains(route.path())) {
                methods.put(route.path(), names(route).collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return methods;
    }

    private static Stream<String> names(Route route) {
        return route.methods().stream().map(HttpMethod::name);
    }

    private static Map<String, Set<String>> described() throws IOException {
        Map<String, Set<String>> methods = new TreeMap<>();
        try (InputStream file = RouteTableTest.class.getResourceAsStream("micro/openapi.json")) {
            JsonNode paths = JsonMapper.shared().readTree(file).path("paths");
            for (String path : paths.propertyNames()) {
                Set<String> names = new TreeSet<>();
                for (String method : paths.path(path).propertyNames()) {
                    names.add(method.toUpperCase(Locale.ROOT));
                }
                // A parameter, and what follows it, is what the table's * stands for.
                methods.put(path.replaceFirst("\\{.*", "*"), names);
            }
        }
        return methods;
    }
}
