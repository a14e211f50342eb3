package dev.internalevents.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what requests of a servlet container track if they finish after SIGTERM. */
@Tag("slow")
class EndOfJvmTest {

    private static final int REQUESTS = 20;

    @TempDir
    private Path folder;

    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private HttpServer sink;

    @BeforeEach
    void start() throws Exception {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        sink.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            started.addAndGet(body.split("request_started", -1).length - 1);
            finished.addAndGet(body.split("request_finished", -1).length - 1);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        sink.start();
    }

    @AfterEach
    void stop() {
        sink.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "outbox"})
    void requests_that_finish_after_sigterm_are_tracked(String outbox) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Serves.class.getName(),
                        "http://127.0.0.1:" + sink.getAddress().getPort(),
                        outbox.isEmpty() ? "" : folder.resolve(outbox).toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            URI url = URI.create(await(out, "http"));
            HttpClient http = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<Void>>> answers = Stream.generate(() ->
                            http.sendAsync(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding()))
                    .limit(REQUESTS)
                    .toList();
            for (int i = 0; i < REQUESTS; i++) {
                await(out, "started");
            }
            process.destroy();
            for (CompletableFuture<HttpResponse<Void>> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(started).hasValue(REQUESTS);
        assertThat(finished).hasValue(REQUESTS);
    }

    /** Returns the next line that starts with this text; the container may log lines in between. */
    private static String await(BufferedReader out, String beginning) throws Exception {
        String line = out.readLine();
        while (line != null && !line.startsWith(beginning)) {
            line = out.readLine();
        }
        assertThat(line).isNotNull();
        return line;
    }

    /** A container that finishes its requests when it stops, and a client with default settings. */
    static final class Serves {

        public static void main(String[] arguments) throws Exception {
            InternalEventsClientBuilder builder = InternalEventsClient.builder().endpoint(URI.create(arguments[0]));
            InternalEventsClient client = arguments[1].isEmpty()
                    ? builder.build()
                    : builder.outbox(Path.of(arguments[1])).build();
            CountDownLatch ending = new CountDownLatch(1);
            ServletContextHandler context = new ServletContextHandler("/");
            context.addFilter(
                    new FilterHolder(InternalEventFilter.builder().build()), "/*", EnumSet.of(DispatcherType.REQUEST));
            context.addServlet(new ServletHolder(new Slow(client, ending)), "/");
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            server.setHandler(new GracefulHandler(context));
            server.setStopTimeout(5_000);
            server.setStopAtShutdown(true);
            Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
            server.start();
            System.out.println("http://127.0.0.1:" + connector.getLocalPort() + "/");
        }
    }

    private static final class Slow extends HttpServlet {

        private static final long serialVersionUID = 1;

        private final transient InternalEventsClient client;
        private final transient CountDownLatch ending;

        private Slow(InternalEventsClient client, CountDownLatch ending) {
            this.client = client;
            this.ending = ending;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            client.trackEvent("request_started");
            System.out.println("started");
            try {
                ending.await();
                TimeUnit.MILLISECONDS.sleep(1_500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            client.trackEvent("request_finished");
        }
    }
}
