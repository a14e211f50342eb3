package dev.internalevents.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.collector.Collector;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sends SIGTERM to a real process while its requests are still running. */
@Tag("slow")
class SigtermTest {

    private static final int REQUESTS = 20;

    @TempDir
    private Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AutoClose
    private final Collector collector = LocalCollector.start();

    private Process shop;

    @AfterEach
    void stop() {
        if (shop != null) {
            shop.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"servlet, false", "servlet, true", "reactive, false", "reactive, true"})
    void requests_that_end_after_it_lose_no_event(String type, boolean outbox) throws Exception {
        URI slow = URI.create("http://127.0.0.1:" + startShop(type, outbox) + "/slow");
        // The responses are ignored: Tomcat may close a connection before the last response has been sent.
        for (int i = 0; i < REQUESTS; i++) {
            http.sendAsync(
                    HttpRequest.newBuilder(slow)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> events("request_started") == REQUESTS);

        // Not Process.destroy(), which also closes the pipe that the shop logs into.
        shop.toHandle().destroy();

        assertThat(shop.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(events("request_started")).isEqualTo(REQUESTS);
        assertThat(events("request_finished")).isEqualTo(REQUESTS);
    }

    private int startShop(String type, boolean outbox) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ShopProcess.class.getName(),
                type,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--internal-events.enabled=true",
                "--internal-events.endpoint=" + collector.url()));
        if (outbox) {
            command.add("--internal-events.outbox-dir=" + folder.resolve("outbox"));
        }
        shop = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Fail instead of hanging if the child process hangs.
        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(shop::destroyForcibly);
        BufferedReader lines = shop.inputReader(StandardCharsets.UTF_8);
        List<String> printed = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("PORT ")) {
                drain(lines);
                return Integer.parseInt(line.substring("PORT ".length()));
            }
            printed.add(line);
        }
        throw new IOException("the shop ended before it had a port; it printed\n" + String.join("\n", printed));
    }

    /** Reads the output, because a process blocks when its output pipe is full. */
    private static void drain(BufferedReader lines) {
        Thread reader = new Thread(() -> lines.lines().forEach(line -> {}), "shop-output");
        reader.setDaemon(true);
        reader.start();
    }

    private long events(String name) throws IOException, InterruptedException {
        return LocalCollector.good(collector)
                .valueStream()
                .filter(event -> event.at("/event/se_action").asString().equals(name))
                .count();
    }
}
