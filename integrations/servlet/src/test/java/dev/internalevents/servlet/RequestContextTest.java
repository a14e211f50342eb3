package dev.internalevents.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.MissingFields;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.settings.InternalEventSettings;
import dev.internalevents.client.settings.Settings;
import dev.internalevents.testkit.CapturedLog;
import dev.internalevents.testkit.Failures;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The id of a request, its verified claims, and what its headers lack. */
class RequestContextTest {

    private static final String ID = "X-Request-ID";

    @Test
    void the_answer_the_attribute_and_the_context_have_the_id_of_the_request() throws Exception {
        try (ServletServer server = server(InternalEventFilter.builder(), RequestContextTest::printIds)) {
            HttpResponse<String> answer = server.send("/", Map.of(ID, "my-request.1"));

            assertThat(answer.headers().allValues(ID)).containsExactly("my-request.1");
            assertThat(answer.body()).isEqualTo("my-request.1 my-request.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "0123456789012345678901234567890123456789012345678901234567890123X"})
    void an_id_that_is_not_usable_is_replaced_everywhere(String given) throws Exception {
        try (ServletServer server = server(InternalEventFilter.builder(), RequestContextTest::printIds)) {
            HttpResponse<String> answer = server.send("/", given.isEmpty() ? Map.of() : Map.of(ID, given));

            String id = answer.headers().firstValue(ID).orElse("");
            assertThat(id).matches("[0-9a-f]{32}");
            assertThat(answer.body()).isEqualTo(id + " " + id);
        }
    }

    @Test
    void the_id_that_the_application_sets_stays() throws Exception {
        try (ServletServer server = server(
                InternalEventFilter.builder(), (request, response) -> response.setHeader("x-request-id", "its own"))) {
            assertThat(server.send("/", Map.of(ID, "r")).headers().allValues(ID))
                    .containsExactly("its own");
        }
    }

    @Test
    void an_error_page_has_the_id_and_a_skipped_path_has_none() throws Exception {
        try (ServletServer server =
                server(InternalEventFilter.builder().skipPaths(List.of("/skipped")), (request, response) -> {
                    if (request.getRequestURI().equals("/error")) {
                        printIds(request, response);
                    } else if (!request.getRequestURI().equals("/skipped")) {
                        response.sendError(500);
                    }
                })) {
            HttpResponse<String> failed = server.send("/", Map.of(ID, "r"));
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.headers().allValues(ID)).containsExactly("r");
            assertThat(failed.body()).isEqualTo("r r");
            assertThat(server.send("/skipped", Map.of(ID, "r")).headers().allValues(ID))
                    .isEmpty();
        }
    }

    @Test
    void claims_of_the_container_and_of_a_later_filter_go_before_headers() throws Exception {
        Map<String, String> headers = Map.of(
                "X-Gitlab-Realm", "self-managed",
                "X-Gitlab-Root-Namespace-Id", "888",
                "Authorization", "Bearer t");
        InternalEventFilter.Builder atOnce = InternalEventFilter.builder()
                .claims(request -> "Bearer t".equals(request.getHeader("Authorization"))
                        ? new VerifiedClaims("saas", 42L, "uid", false)
                        : null);
        try (ServletServer server = server(atOnce, RequestContextTest::printClaims)) {
            assertThat(server.get("/", headers)).isEqualTo("saas 42 uid");
            assertThat(server.get("/", Map.of("X-Gitlab-Realm", "saas"))).isEqualTo("saas null null");
        }
        try (ServletServer server = server(InternalEventFilter.builder(), (request, response) -> {
            RequestTracking tracking = InternalEventFilter.tracking(request);
            tracking.verified(new VerifiedClaims(null, 42L, "uid", false));
            printClaims(request, response);
        })) {
            assertThat(server.get("/", headers)).isEqualTo("null 888 uid");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.internalevents.testkit.Failures#harmless")
    void claims_whose_code_fails_in_any_way_do_not_fail_the_request(Throwable failure) throws Exception {
        InternalEventFilter.Builder filter = InternalEventFilter.builder().claims(request -> {
            Failures.raise(failure);
            return null;
        });
        try (ServletServer server = server(filter, RequestContextTest::printClaims)) {
            assertThat(server.get("/", Map.of("X-Gitlab-Realm", "saas"))).isEqualTo("saas null null");
        }
    }

    @Test
    void what_a_request_lacks_is_logged_if_the_settings_say_so(@TempDir Path folder) throws Exception {
        InternalEventSettings silent = InternalEventSettings.read(Settings.load("AIGW", Map.of(), folder));
        InternalEventSettings telling = InternalEventSettings.read(
                Settings.load("AIGW", Map.of("AIGW_INTERNAL_EVENT__REPORT_MISSING_FIELDS", "true"), folder));
        try (CapturedLog log = CapturedLog.of(MissingFields.class);
                ServletServer without = server(InternalEventFilter.builder(silent), RequestContextTest::printIds);
                ServletServer with = server(InternalEventFilter.builder(telling), (request, response) -> {
                    InternalEventFilter.tracking(request).verified(new VerifiedClaims("saas", 1L, "uid", false));
                })) {
            without.get("/a", Map.of());
            with.get("/b?secret", Map.of("X-Gitlab-Host-Name", "h", ID, "r"));
            with.get("/b", Map.of("X-Gitlab-Host-Name", "h"));

            // The answer may arrive before the filter has ended.
            Awaitility.await().until(() -> log.messages().size() >= 3);
            assertThat(log.messages())
                    .allMatch(line -> line.contains("(path /b, correlation id r)"))
                    .extracting(line -> line.substring(0, line.indexOf(' ')))
                    .containsExactly("instance_id", "global_user_id", "deployment_type");
        }
    }

    private static ServletServer server(InternalEventFilter.Builder filter, ServletServer.Page page) throws Exception {
        return ServletServer.start(filter.build(), List.of(new InternalEventRequestListener()), page);
    }

    private static void printIds(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.getWriter()
                .print(request.getAttribute(InternalEventFilter.CORRELATION_ID) + " "
                        + EventContext.current().correlationId());
    }

    private static void printClaims(HttpServletRequest request, HttpServletResponse response) throws Exception {
        EventContext context = EventContext.current();
        response.getWriter()
                .print(context.realm() + " " + context.ultimateParentNamespaceId() + " " + context.uniqueInstanceId());
    }
}
