package dev.internalevents.hostile;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.client.InternalEventsClientBuilder;
import dev.internalevents.testkit.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process with a client. It reads commands from its standard input, one word per line, and answers each with one
 * line.
 */
final class Application implements AutoCloseable {

    static final int EVENTS = 400;
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    /**
     * Starts the process.
     *
     * @param outbox null for an in-memory queue
     */
    Application(URI endpoint, Path keys, Path outbox, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Application.class.getName(),
                endpoint.toString(),
                keys.toString(),
                outbox == null ? "" : outbox.toString()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        out = process.inputReader(StandardCharsets.UTF_8);
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** Sends a command and returns the rest of the line that starts with it. */
    String ask(String word) throws IOException {
        in.println(word);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            // Skip log lines.
            if (line.startsWith(word + ": ")) {
                return line.substring(word.length() + 2);
            }
        }
        throw new IOException("the application has ended");
    }

    /** Sends SIGTERM, and drains the log from then on, so that a full pipe does not block the shutdown. */
    void terminate() {
        process.destroy();
        Thread thread = new Thread(() -> out.lines().forEach(line -> {}), "application-log");
        thread.setDaemon(true);
        thread.start();
    }

    boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] args) throws Exception {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(URI.create(args[0]))
                .tls(new TestCertificate(Path.of(args[1])).context())
                .batchSize(EVENTS)
                .maxRequestBytes(16 << 20)
                .linger(Duration.ofMillis(100))
                .closeTimeout(CLOSE_TIMEOUT)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(50));
        InternalEventsClient client = (args[2].isEmpty() ? builder : builder.outbox(Path.of(args[2]))).build();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String word = in.readLine(); word != null; word = in.readLine()) {
            System.out.println(word + ": " + answer(client, word));
        }
    }

    private static Object answer(InternalEventsClient client, String word) {
        return switch (word) {
            case "track" -> {
                String filler = "x".repeat(16_000);
                for (int i = 0; i < EVENTS; i++) {
                    client.event("event_" + i).put("filler", filler).track();
                }
                yield "done";
            }
            case "flush" -> client.flush(Duration.ofSeconds(20));
            case "failure" -> client.lastFailure();
            default -> "not a word";
        };
    }
}
