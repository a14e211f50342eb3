package dev.internalevents.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what the context of a request contains while a span of OpenTelemetry's SDK is current. */
class OpenTelemetryTraceSourceTest {

    private static final EventContextFactory CONTEXTS = new EventContextFactory("test", "shop");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_request_without_an_id_has_the_id_of_its_trace(boolean sampled) {
        // Without a processor the SDK makes no trace.
        try (SdkTracerProvider tracing = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(InMemorySpanExporter.create()))
                .setSampler(sampled ? Sampler.alwaysOn() : Sampler.alwaysOff())
                .build()) {
            Span span = tracing.get("test").spanBuilder("POST /orders").startSpan();
            try (Scope scope = span.makeCurrent()) {
                EventContext context = context(Map.of());

                assertThat(span.getSpanContext().isSampled()).isEqualTo(sampled);
                String trace = span.getSpanContext().getTraceId();
                assertThat(context.correlationId()).isEqualTo(trace);
                assertThat(context.extra()).containsExactly(Map.entry("trace_id", trace));
            }
        }
    }

    @Test
    void the_id_of_the_request_takes_precedence_and_the_event_still_leads_to_the_trace() {
        String trace = "0af7651916cd43dd8448eb211c80319c";

        EventContext context = within(
                trace,
                Map.of(
                        "X-Request-ID", "request-1",
                        "X-Gitlab-Tracking-Context", "{\"page\":\"cart\",\"trace_id\":\"of the caller\"}"));

        assertThat(context.correlationId()).isEqualTo("request-1");
        assertThat(context.extra()).containsOnly(Map.entry("trace_id", trace), Map.entry("page", "cart"));
    }

    @Test
    void an_id_that_is_not_usable_is_replaced_by_the_trace() {
        String trace = "0af7651916cd43dd8448eb211c80319c";

        assertThat(within(trace, Map.of("X-Request-ID", "request 1")).correlationId())
                .isEqualTo(trace);
    }

    @Test
    void of_too_many_keys_the_trace_is_kept() {
        String keys = IntStream.range(0, 50)
                .mapToObj(i -> "\"key_" + i + "\":" + i)
                .collect(Collectors.joining(",", "{", "}"));

        EventContext context = within("0af7651916cd43dd8448eb211c80319c", Map.of("X-Gitlab-Tracking-Context", keys));

        assertThat(context.extra()).hasSize(50).containsKey("trace_id");
    }

    @Test
    void a_tracking_context_with_no_room_for_the_trace_stays_as_the_caller_sent_it() {
        String large = "{\"page\":\"" + "x".repeat(250) + "\""
                + IntStream.range(0, 15)
                        .mapToObj(i -> ",\"key_" + (10 + i) + "\":\"" + "x".repeat(242) + "\"")
                        .collect(Collectors.joining())
                + "}";

        EventContext context = within("0af7651916cd43dd8448eb211c80319c", Map.of("X-Gitlab-Tracking-Context", large));

        assertThat(large.length()).isBetween(4_060, 4_096);
        assertThat(context.extra()).hasSize(16).doesNotContainKey("trace_id");
    }

    @Test
    void a_request_outside_of_a_trace_has_a_new_id() {
        EventContext context = context(Map.of());

        assertThat(context.correlationId())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(context(Map.of()).correlationId());
        assertThat(context.extra()).isEmpty();
    }

    /** An application without OpenTelemetry has this module on its class path, as a dependency of the starter. */
    @Test
    void without_the_api_on_the_class_path_a_request_has_a_new_id() throws Exception {
        try (URLClassLoader application =
                new URLClassLoader(classPathWithout("opentelemetry-api"), ClassLoader.getPlatformClassLoader())) {
            Class<?> factory = application.loadClass(EventContextFactory.class.getName());
            Object contexts = factory.getConstructor(String.class, String.class).newInstance("test", "shop");
            Function<String, String> noHeader = name -> null;

            Object context = factory.getMethod(
                            "fromHeaders",
                            Function.class,
                            application.loadClass("dev.internalevents.client.VerifiedClaims"))
                    .invoke(contexts, noHeader, null);

            assertThat(context.getClass().getClassLoader()).isSameAs(application);
            assertThat((String) context.getClass().getMethod("correlationId").invoke(context))
                    .matches("[0-9a-f]{32}");
        }
    }

    private static URL[] classPathWithout(String library) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Path.of(entry).getFileName().toString().startsWith(library)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    /** Returns the context of a request that continues a trace, as a {@code traceparent} header does. */
    private static EventContext within(String trace, Map<String, String> headers) {
        SpanContext span = SpanContext.createFromRemoteParent(
                trace, "b7ad6b7169203331", TraceFlags.getSampled(), TraceState.getDefault());
        try (Scope scope = Span.wrap(span).makeCurrent()) {
            return context(headers);
        }
    }

    private static EventContext context(Map<String, String> headers) {
        return CONTEXTS.fromHeaders(headers::get, null);
    }
}
