package dev.internalevents.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.testkit.Failures;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs calls of every kind over a real connection. */
class InternalEventServerInterceptorTest {

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    @Test
    void the_context_is_current_in_every_callback_and_nowhere_else() throws Exception {
        try (GrpcServer server = GrpcServer.start(List.of(interceptor().build()), noting())) {
            server.call("test.Service/Do", Map.of("x-gitlab-realm", "saas"), "a", "b");

            assertThat(ended.poll(30, TimeUnit.SECONDS)).isEqualTo("test.Service/Do ");
            assertThat(seen)
                    .contains("start saas", "ready saas", "message saas", "half-close saas", "complete saas")
                    .allMatch(one -> one.endsWith(" saas"));
            assertThat(server.onItsThread(RequestTracking::current)).isNull();
        }
    }

    @Test
    void a_cancelled_call_has_its_context_and_its_end() throws Exception {
        try (GrpcServer server = GrpcServer.start(List.of(interceptor().build()), noting())) {
            server.cancelled("test.Service/Do", Map.of("x-gitlab-realm", "dedicated"));

            assertThat(ended.poll(30, TimeUnit.SECONDS)).isEqualTo("test.Service/Do ");
            assertThat(seen).contains("cancel dedicated").doesNotContain("complete dedicated");
        }
    }

    @Test
    void scopes_that_a_call_forgets_end_with_its_callback() throws Exception {
        try (GrpcServer server = GrpcServer.start(List.of(interceptor().build()), (call, headers) -> {
            RequestTracking before = RequestTracking.current();
            EventContext.builder().instanceId("leaked").build().makeCurrent();
            return GrpcServer.answering(call, () -> {
                seen.add(String.valueOf(RequestTracking.current() == before));
                EventContext.builder().instanceId("leaked").build().makeCurrent();
                return "ok";
            });
        })) {
            for (int i = 0; i < 20; i++) {
                server.call("test.Service/Do", Map.of(), "a");
            }
            assertThat(seen).hasSize(20).containsOnly("true");
            assertThat(server.onItsThread(RequestTracking::current)).isNull();
        }
    }

    @Test
    void events_of_a_call_are_listed_for_its_access_log() throws Exception {
        try (InternalEventsClient client = InternalEventsClient.builder()
                        .enabled(true)
                        .delivery(false)
                        .listener(event -> {})
                        .build();
                GrpcServer server = GrpcServer.start(
                        List.of(interceptor().build()),
                        (call, headers) -> GrpcServer.answering(call, () -> {
                            client.trackEvent("request_b");
                            client.trackEvent("request_a");
                            return "ok";
                        }))) {
            server.call("test.Service/Do", Map.of(), "a");

            assertThat(ended.poll(30, TimeUnit.SECONDS)).isEqualTo("test.Service/Do request_a,request_b");
        }
    }

    @Test
    void metadata_is_read_as_headers_are() throws Exception {
        EventContext context = contextOf(Map.of(
                "X-Gitlab-Project-Id", "42",
                "x-gitlab-subject-type", "human",
                "x-gitlab-feature-enabled-by-namespace-ids", "1,1,x,2",
                "x-gitlab-tracking-context", "{\"distribution\":\"glab\"}",
                "x-gitlab-language-server-version", "8.1.0",
                "x-request-id", "r1"));

        assertThat(context.projectId()).isEqualTo(42);
        assertThat(context.userType()).isEqualTo("human");
        assertThat(context.featureEnabledByNamespaceIds()).containsExactly(1L, 2L);
        assertThat(context.extra()).isEqualTo(Map.of("distribution", "glab", "lsp_version", "8.1.0"));
        assertThat(context.correlationId()).isEqualTo("r1");
        assertThat(context.source()).isEqualTo("s");
        assertThat(contextOf(Map.of("x-gitlab-language-server-version", "v".repeat(99)))
                        .extra())
                .isEqualTo(Map.of("lsp_version", "v".repeat(61) + "..."));
        assertThat(contextOf(Map.of(
                                "x-gitlab-language-server-version",
                                "8",
                                "x-gitlab-tracking-context",
                                "{\"a\":\"" + "x".repeat(4_088) + "\"}"))
                        .extra())
                .containsOnlyKeys("a");
    }

    @Test
    void the_answer_has_the_id_of_the_call_also_if_it_fails() throws Exception {
        try (GrpcServer server = GrpcServer.start(
                List.of(interceptor().build()),
                (call, headers) -> GrpcServer.answering(call, () -> {
                    throw Status.INVALID_ARGUMENT.asRuntimeException();
                }))) {
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "r1"), "a")
                            .id())
                    .isEqualTo("r1");
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "not usable"), "a")
                            .id())
                    .matches("[0-9a-f]{32}");
        }
        try (GrpcServer server = GrpcServer.start(
                List.of(interceptor().build()), (call, headers) -> GrpcServer.answering(call, () -> "ok"))) {
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "r2"), "a"))
                    .isEqualTo(new GrpcServer.Answer("OK", "ok", "r2"));
        }
    }

    @Test
    void the_answer_has_the_id_also_if_the_method_throws() throws Exception {
        GrpcServer.Service throwing = (call, headers) -> {
            if (headers.containsKey(Metadata.Key.of("at-once", Metadata.ASCII_STRING_MARSHALLER))) {
                throw new IllegalStateException("at once");
            }
            return GrpcServer.answering(call, () -> {
                throw new IllegalStateException("later");
            });
        };
        ServerInterceptor answeringExceptions = new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
                    @Override
                    public void onHalfClose() {
                        try {
                            super.onHalfClose();
                        } catch (IllegalStateException e) {
                            call.close(Status.FAILED_PRECONDITION, new Metadata());
                        }
                    }
                };
            }
        };
        try (GrpcServer server = GrpcServer.start(List.of(interceptor().build()), throwing)) {
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "r1"), "a"))
                    .isEqualTo(new GrpcServer.Answer("UNKNOWN", null, "r1"));
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "r2", "at-once", "1"), "a"))
                    .isEqualTo(new GrpcServer.Answer("UNKNOWN", null, "r2"));
        }
        // The last interceptor of the list is called first.
        try (GrpcServer server = GrpcServer.start(List.of(interceptor().build(), answeringExceptions), throwing)) {
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "r3"), "a")
                            .status())
                    .isEqualTo("FAILED_PRECONDITION");
        }
        try (GrpcServer server =
                GrpcServer.start(List.of(answeringExceptions, interceptor().build()), throwing)) {
            assertThat(server.call("test.Service/Do", Map.of("x-request-id", "r4"), "a"))
                    .isEqualTo(new GrpcServer.Answer("FAILED_PRECONDITION", null, "r4"));
        }
    }

    @Test
    void claims_go_before_metadata() throws Exception {
        InternalEventServerInterceptor.Builder claiming = interceptor().claims(metadata -> {
            String token = metadata.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            if (token == null) {
                throw new IllegalStateException("no token");
            }
            return new VerifiedClaims("saas", 42L, "uid", false);
        });
        Map<String, String> metadata = Map.of(
                "x-gitlab-realm", "self-managed", "x-gitlab-root-namespace-id", "888", "authorization", "Bearer t");

        EventContext context = contextOf(claiming, metadata);
        assertThat(context.realm()).isEqualTo("saas");
        assertThat(context.ultimateParentNamespaceId()).isEqualTo(42);
        assertThat(context.uniqueInstanceId()).isEqualTo("uid");
        assertThat(contextOf(claiming, Map.of("x-gitlab-realm", "dedicated")).realm())
                .isEqualTo("dedicated");
    }

    @ParameterizedTest
    @MethodSource("dev.internalevents.testkit.Failures#harmless")
    void code_of_the_application_that_fails_in_any_way_does_not_fail_the_call(Throwable failure) {
        AtomicBoolean isCancelled = new AtomicBoolean();
        InternalEventServerInterceptor interceptor = InternalEventServerInterceptor.builder()
                .claims(metadata -> {
                    Failures.raise(failure);
                    return null;
                })
                .atTheEnd((call, tracking) -> Failures.raise(failure))
                .build();

        ServerCall.Listener<String> listener = interceptor.interceptCall(
                new UnansweredCall(), new Metadata(), (call, metadata) -> new ServerCall.Listener<>() {
                    @Override
                    public void onCancel() {
                        isCancelled.set(true);
                    }
                });
        listener.onComplete();
        listener.onCancel();

        assertThat(isCancelled).isTrue();
    }

    private static final class UnansweredCall extends ServerCall<String, String> {

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(String message) {}

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<String, String> getMethodDescriptor() {
            return GrpcServer.method("test.Service/Do");
        }
    }

    @Test
    void skipped_methods_and_a_disabled_interceptor_pass_straight_through() throws Exception {
        GrpcServer.Service service =
                (call, headers) -> GrpcServer.answering(call, () -> RequestTracking.current() == null ? "none" : "one");
        try (GrpcServer server = GrpcServer.start(
                List.of(interceptor()
                        .skipMethods(List.of("test.Service/Skipped"))
                        .build()),
                service)) {
            assertThat(server.call("test.Service/Skipped", Map.of(), "a").body())
                    .isEqualTo("none");
            assertThat(server.call("test.Service/Do", Map.of(), "a").body()).isEqualTo("one");
        }
        try (GrpcServer server =
                GrpcServer.start(List.of(interceptor().enabled(false).build()), service)) {
            assertThat(server.call("test.Service/Do", Map.of(), "a").body()).isEqualTo("none");
        }
        assertThatThrownBy(() -> interceptor().skipMethods(List.of("Check")))
                .hasMessage("skipMethods: \"Check\" is not the full name of a method; expected for example"
                        + " grpc.health.v1.Health/Check");
    }

    private InternalEventServerInterceptor.Builder interceptor() {
        return InternalEventServerInterceptor.builder()
                .source("s")
                .atTheEnd((call, tracking) ->
                        ended.add(call.getMethodDescriptor().getFullMethodName() + " " + tracking.trackedEventNames()));
    }

    private EventContext contextOf(Map<String, String> metadata) throws Exception {
        return contextOf(interceptor(), metadata);
    }

    private static EventContext contextOf(
            InternalEventServerInterceptor.Builder interceptor, Map<String, String> metadata) throws Exception {
        List<EventContext> contexts = new CopyOnWriteArrayList<>();
        try (GrpcServer server = GrpcServer.start(
                List.of(interceptor.build()),
                (call, headers) -> GrpcServer.answering(call, () -> {
                    contexts.add(EventContext.current());
                    return "ok";
                }))) {
            assertThat(server.call("test.Service/Do", metadata, "a").status()).isEqualTo("OK");
        }
        return contexts.get(0);
    }

    /** Records the realm in each callback. */
    private GrpcServer.Service noting() {
        return (call, headers) -> {
            note("start");
            ServerCall.Listener<String> answering = GrpcServer.answering(call, () -> "ok");
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String message) {
                    note("message");
                    call.request(1);
                }

                @Override
                public void onHalfClose() {
                    note("half-close");
                    answering.onHalfClose();
                }

                @Override
                public void onReady() {
                    note("ready");
                }

                @Override
                public void onCancel() {
                    note("cancel");
                }

                @Override
                public void onComplete() {
                    note("complete");
                }
            };
        };
    }

    private void note(String callback) {
        seen.add(callback + " " + EventContext.current().realm());
    }
}
