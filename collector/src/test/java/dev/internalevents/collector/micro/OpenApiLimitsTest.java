package dev.internalevents.collector.micro;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.store.ReadLimit;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The limits in the description of the API are those that requests are checked with. */
class OpenApiLimitsTest {

    private static JsonNode api;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream file = MicroApi.class.getResourceAsStream("openapi.json")) {
            api = JsonMapper.shared().readTree(file);
        }
    }

    private static JsonNode property(String schema, String name) {
        return api.at("/components/schemas/" + schema + "/properties/" + name);
    }

    private static JsonNode inBody(String path, String name) {
        return api.path("paths").path(path).at("/post/requestBody/content/application~1json/schema/properties/" + name);
    }

    private static String grouped(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    @Test
    void of_filters() {
        JsonNode filters = property("PageRequest", "filters");
        assertThat(filters.path("maxItems").asInt()).isEqualTo(MicroFilters.MAX_FILTERS);
        assertThat(filters.at("/items/properties/values/maxItems").asInt()).isEqualTo(MicroFilters.MAX_VALUES);
        assertThat(filters.path("description").asString())
                .contains("at most " + grouped(MicroFilters.MAX_VALUES) + " values");
        assertThat(property("PageRequest", "pageSize").path("maximum").asInt()).isEqualTo(MicroFilters.MAX_PAGE_SIZE);
        assertThat(property("GoodFilter", "contexts").path("maxItems").asInt()).isEqualTo(MicroFilters.MAX_CONTEXTS);
        assertThat(inBody("/micro/columnStats", "columns").path("maxItems").asInt())
                .isEqualTo(MicroFilters.MAX_COLUMNS);
        assertThat(inBody("/micro/timeline", "buckets").path("maxItems").asInt())
                .isEqualTo(MicroFilters.MAX_BUCKETS);
        assertThat(inBody("/micro/timeline", "filters")).isEqualTo(filters);
    }

    @Test
    void of_lists_without_a_limit() {
        for (String schema : List.of("GoodFilter", "BadFilter")) {
            assertThat(property(schema, "limit").path("default").asInt()).isEqualTo(MicroFilters.MAX_LIST);
        }
    }

    @Test
    void of_waiting() {
        JsonNode where = property("AwaitRequest", "where");
        assertThat(where.path("maxProperties").asInt()).isEqualTo(MicroFilters.MAX_FILTERS);
        assertThat(where.path("description").asString())
                .contains("At most " + grouped(MicroFilters.MAX_VALUES) + " values");
        assertThat(property("AwaitRequest", "count").path("maximum").asInt()).isEqualTo(MicroFilters.MAX_LIST);
        assertThat(property("AwaitRequest", "timeoutMs").path("maximum").asLong())
                .isEqualTo(MicroFilters.MAX_TIMEOUT_MILLIS);
        assertThat(property("AwaitRequest", "timeoutMs").path("default").asLong())
                .isEqualTo(MicroFilters.DEFAULT_TIMEOUT_MILLIS);
        assertThat(api.at("/paths/~1micro~1await/post/responses/408/description")
                        .asString())
                .contains(" " + AwaitEvents.LAST_LOOK_MILLIS / 1_000 + " seconds later");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/micro/all",
                "/micro/good",
                "/micro/bad",
                "/micro/events",
                "/micro/events/{id}",
                "/micro/await",
                "/micro/columns",
                "/micro/columnStats",
                "/micro/timeline",
                "/micro/sql"
            })
    void of_reading_time(String path) {
        JsonNode methods = api.path("paths").path(path);
        assertThat(methods.size()).isPositive();
        for (JsonNode method : methods) {
            assertThat(method.at("/responses/503/description").asString())
                    .contains("read the store for more than " + ReadLimit.SECONDS + " seconds");
        }
    }
}
