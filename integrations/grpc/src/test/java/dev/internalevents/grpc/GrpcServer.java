package dev.internalevents.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server for string messages on a single thread, and a client for it, over a loopback connection. */
final class GrpcServer implements AutoCloseable {

    /** The application: one handler for every method of the service. */
    interface Service extends ServerCallHandler<String, String> {}

    /**
     * The answer to a call.
     *
     * @param id the value of {@code x-request-id} in headers or trailers
     */
    record Answer(
            String status, @Nullable String body, @Nullable String id) {}

    private static final Metadata.Key<String> ID = Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private final ExecutorService thread;
    private final Server server;
    private final ManagedChannel channel;
    private final CountDownLatch started = new CountDownLatch(1);

    private GrpcServer(ExecutorService thread, List<ServerInterceptor> interceptors, Service service)
            throws IOException {
        this.thread = thread;
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        this.server = NettyServerBuilder.forAddress(anyPort)
                .executor(thread)
                .fallbackHandlerRegistry(new EveryMethod(interceptors, (call, headers) -> {
                    started.countDown();
                    return service.startCall(call, headers);
                }))
                .maxInboundMetadataSize(64 * 1024)
                .build()
                .start();
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    static GrpcServer start(List<ServerInterceptor> interceptors, Service service) throws IOException {
        return new GrpcServer(Executors.newSingleThreadExecutor(), interceptors, service);
    }

    /** Answers with the given text when the caller has half-closed the call. */
    static ServerCall.Listener<String> answering(ServerCall<String, String> call, Supplier<String> answer) {
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(String message) {
                call.request(1);
            }

            @Override
            public void onHalfClose() {
                try {
                    String text = answer.get();
                    call.sendHeaders(new Metadata());
                    call.sendMessage(text);
                    call.close(Status.OK, new Metadata());
                } catch (StatusRuntimeException e) {
                    call.close(e.getStatus(), new Metadata());
                }
            }
        };
    }

    Answer call(String method, Map<String, String> metadata, String... messages) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        ClientCall<String, String> call = channel.newCall(method(method), CallOptions.DEFAULT);
        call.start(new AnswerListener(answer), metadata(metadata));
        call.request(2);
        for (String message : messages) {
            call.sendMessage(message);
        }
        call.halfClose();
        return answer.get(60, TimeUnit.SECONDS);
    }

    /** Starts a call, and cancels it when the server has received it. */
    void cancelled(String method, Map<String, String> metadata) throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        ClientCall<String, String> call = channel.newCall(method(method), CallOptions.DEFAULT);
        call.start(new AnswerListener(answer), metadata(metadata));
        call.sendMessage("a");
        started.await(60, TimeUnit.SECONDS);
        call.cancel("no longer needed", null);
        answer.get(60, TimeUnit.SECONDS);
    }

    <T extends @Nullable Object> T onItsThread(Callable<T> task) throws Exception {
        return thread.submit(task).get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
        thread.shutdown();
    }

    private static Metadata metadata(Map<String, String> entries) {
        Metadata metadata = new Metadata();
        entries.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return metadata;
    }

    static MethodDescriptor<String, String> method(String fullName) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(fullName)
                .setRequestMarshaller(new Texts())
                .setResponseMarshaller(new Texts())
                .build();
    }

    private static final class AnswerListener extends ClientCall.Listener<String> {

        private final CompletableFuture<Answer> answer;
        private @Nullable String id;
        private @Nullable String body;

        private AnswerListener(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        public void onHeaders(Metadata headers) {
            id = headers.get(ID);
        }

        @Override
        public void onMessage(String message) {
            body = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            answer.complete(new Answer(status.getCode().name(), body, id == null ? trailers.get(ID) : id));
        }
    }

    private static final class EveryMethod extends HandlerRegistry {

        private final List<ServerInterceptor> interceptors;
        private final Service service;

        private EveryMethod(List<ServerInterceptor> interceptors, Service service) {
            this.interceptors = interceptors;
            this.service = service;
        }

        @Override
        public @Nullable ServerMethodDefinition<?, ?> lookupMethod(String fullName, @Nullable String authority) {
            ServerServiceDefinition definition = ServerServiceDefinition.builder(
                            MethodDescriptor.extractFullServiceName(fullName))
                    .addMethod(method(fullName), service)
                    .build();
            return ServerInterceptors.intercept(definition, interceptors).getMethod(fullName);
        }
    }

    private static final class Texts implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
