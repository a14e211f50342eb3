package dev.internalevents.benchmarks.collect;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A collector that is started with the product's own command. */
public final class CollectorUnderTest implements AutoCloseable {

    private final Process process;
    private final int port;
    // HTTP/1.1, because an HTTP/2 connection that the collector has closed as idle makes the next request fail.
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile long peakKilobytes;

    private CollectorUnderTest(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts the checkout's {@code internal-events COMMAND --port FREE …} and waits until it accepts events. */
    public static CollectorUnderTest start(String command, String... arguments)
            throws IOException, InterruptedException {
        return start(checkout(), command, arguments);
    }

    /** Starts {@code SCRIPT COMMAND --port FREE …} and waits until it accepts events. */
    public static CollectorUnderTest start(Path script, String command, String... arguments)
            throws IOException, InterruptedException {
        int port = Nginx.freePort();
        List<String> line = new ArrayList<>(List.of(script.toString(), command, "--port", String.valueOf(port)));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        CollectorUnderTest collector = new CollectorUnderTest(process, port);
        collector.awaitHealth();
        Thread sampler = new Thread(collector::sample, "memory");
        sampler.setDaemon(true);
        sampler.start();
        return collector;
    }

    /** Returns the script of the checkout. */
    public static Path checkout() {
        return home().resolve("internal-events");
    }

    /** Returns the script of the unpacked distribution; empty if it is not built. */
    public static Optional<Path> distribution() throws IOException {
        Path target = home().resolve("distribution/target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> scripts = Files.find(
                target, 4, (path, attributes) -> attributes.isRegularFile() && path.endsWith("bin/internal-events"))) {
            return scripts.findFirst();
        }
    }

    private static Path home() {
        return Path.of(System.getProperty("internal-events.home", ".")).toAbsolutePath();
    }

    private void awaitHealth() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (System.nanoTime() < end) {
            if (!process.isAlive()) {
                throw new IOException("the collector exited during start-up");
            }
            try {
                if (post("/com.snowplowanalytics.snowplow/tp2", "{}").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            Thread.sleep(5);
        }
        throw new IOException("the collector did not answer within 3 minutes");
    }

    private void sample() {
        while (process.isAlive()) {
            peakKilobytes = Math.max(peakKilobytes, rssKilobytes());
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    public int port() {
        return port;
    }

    /** Returns the resident memory of the process; 0 if it is not available. */
    public long rssKilobytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Returns the CPU time that the process has used, on all its threads. */
    public double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Returns the peak of the resident memory since the last call. */
    public long takePeakKilobytes() {
        long peak = peakKilobytes;
        peakKilobytes = 0;
        return peak;
    }

    /** Returns the number of good events in the store. */
    public long stored() throws IOException, InterruptedException {
        return metric("internal_events_events_good_total");
    }

    public long metric(String name) throws IOException, InterruptedException {
        String text = http.send(request("/metrics").GET().build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until everything that was received is in the store. */
    public void awaitProcessed() throws IOException, InterruptedException {
        while (metric("internal_events_requests_waiting") > 0) {
            Thread.sleep(200);
        }
    }

    /** Waits until everything that is in the store is in the lake. */
    public void awaitLake() throws IOException, InterruptedException {
        while (metric("internal_events_lake_behind") > 0) {
            Thread.sleep(200);
        }
    }

    public HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
