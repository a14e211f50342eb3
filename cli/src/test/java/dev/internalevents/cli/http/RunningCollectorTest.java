package dev.internalevents.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.cli.Cli;
import dev.internalevents.testkit.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RunningCollectorTest {

    private static final String NONE = "no collector answers at ";

    private static RunningCollector at(RunningCollector collector, String url) {
        return CommandLine.populateCommand(collector, "--url", url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sql", "failed list", "metrics", "service-ping", "forget --user 1"})
    void the_reason_of_a_server_is_shown_without_what_a_terminal_would_execute(String command) throws IOException {
        try (TestServer server = TestServer.responding(400, "{\"error\":\"no\\u001b[2Jsuch\\nthing\"}")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.addAll(List.of("--url", server.url().toString()));
            if (command.equals("sql")) {
                words.add("SELECT 1");
            }

            assertThat(Cli.run(1, words.toArray(String[]::new)).strip()).isEqualTo("no [2Jsuch thing");
        }
    }

    @Test
    void the_errors_of_a_service_ping_are_lines_of_their_own() throws IOException {
        try (TestServer server = TestServer.responding(
                200, "{\"metadata\":{\"metrics\":[{\"name\":\"a\",\"error\":\"x\\u001b]0;t\\u0007y\"}]}}")) {
            assertThat(Cli.run(0, "service-ping", "--url", server.url().toString()))
                    .endsWith("a: x ]0;t y" + System.lineSeparator());
        }
    }

    @Test
    void the_errors_of_metrics_are_lines_of_their_own() throws IOException {
        try (TestServer server = TestServer.responding(
                200,
                "{\"defined\":true,\"metrics\":[{\"key_path\":\"a\",\"measure\":\"total\",\"time_frame\":\"7d\","
                        + "\"value\":1,\"current\":2,\"error\":\"x\\u0085y\"}]}")) {
            assertThat(Cli.run(0, "metrics", "--url", server.url().toString()))
                    .startsWith("METRIC  COUNTS  TIME  NOW  COMPLETE WEEKS" + System.lineSeparator()
                            + "a       total   7d      2               1" + System.lineSeparator())
                    .endsWith("a: x y" + System.lineSeparator());
        }
    }

    @Test
    void a_port_on_which_nothing_listens_is_answered_with_what_to_start() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        RunningCollector collector = at(new RunningCollector(), "http://127.0.0.1:" + free);

        assertThatThrownBy(() -> collector.get("/micro/all"))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        NONE + "http://127.0.0.1:" + free
                                + " (connection refused); start one with: internal-events collector, or name another with --url");
    }

    @Test
    void http_at_a_port_with_tls_is_answered_with_the_question_for_https() throws Exception {
        SSLContext tls = SSLContext.getDefault();
        try (ServerSocket server =
                tls.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    int ignored = socket.getInputStream().read();
                } catch (IOException e) {
                    // What arrives is not TLS.
                }
            });
            accepting.start();
            String url = "http://127.0.0.1:" + server.getLocalPort();
            RunningCollector collector = at(new RunningCollector(), url);

            assertThatThrownBy(() -> collector.get("/micro/all"))
                    .isInstanceOf(IOException.class)
                    .hasMessage(url + ": the answer is not HTTP, or there is none: is it an https endpoint?");
            accepting.join();
        }
    }

    @Test
    void a_host_that_does_not_answer_in_time_is_answered_alike() throws IOException {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Nobody accepts, so that the kernel drops connections once its queue is full.
            for (int i = 0; i < 16; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()));
                waiting.add(channel);
            }
            RunningCollector collector =
                    at(new RunningCollector(Duration.ofMillis(50)), "http://127.0.0.1:" + full.getLocalPort());

            assertThatThrownBy(() -> collector.get("/micro/all")).hasMessageStartingWith(NONE);
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001"})
    void a_limit_outside_its_range_is_refused(String limit) {
        assertThat(Cli.run(2, "failed", "list", "--limit", limit))
                .contains("--limit: " + limit + " is not a number of events from 1 to 1000");
    }

    @Test
    void a_limit_within_its_range_is_the_size_of_the_page() throws IOException {
        try (TestServer server = TestServer.responding(200, "{\"events\":[],\"totalItems\":0}")) {
            assertThat(Cli.run(
                            0,
                            "failed",
                            "list",
                            "--limit",
                            "1000",
                            "--url",
                            server.url().toString()))
                    .isEqualToNormalizingNewlines("0 failed\n");
            assertThat(server.requests())
                    .singleElement()
                    .satisfies(request ->
                            assertThat(request.text()).isEqualTo("{\"validEvents\":false,\"pageSize\":1000}"));
        }
    }
}
