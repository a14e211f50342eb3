package dev.internalevents.benchmarks.micro;

import dev.internalevents.benchmarks.collect.CollectorUnderTest;
import dev.internalevents.benchmarks.collect.PacedLoad;
import dev.internalevents.benchmarks.harness.Median;
import dev.internalevents.benchmarks.harness.Result;
import dev.internalevents.benchmarks.harness.TemporaryFolder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Measures the local collector: time from the command to the first answer, idle memory, and queries over a million
 * events.
 */
public final class Micro {

    private static final int BATCH = 50;
    private static final int QUERIES = 200;
    private static final long IDLE_MILLIS = 3_000;

    private Micro() {}

    public static Result run(boolean quick) throws Exception {
        Result result = new Result();
        int rounds = quick ? 3 : 9;
        System.out.println("the script of the checkout");
        starts(result, "", CollectorUnderTest.checkout(), rounds);
        Optional<Path> distribution = CollectorUnderTest.distribution();
        if (distribution.isPresent()) {
            System.out.println("the distribution");
            starts(result, "distribution_", distribution.get(), rounds);
        } else {
            System.out.println("the distribution is not built: ./mvnw package -Pdistribution -DskipTests");
        }
        pages(result, quick ? 100_000 : 1_000_000);
        return result;
    }

    private static void starts(Result result, String prefix, Path script, int rounds) throws Exception {
        Median millis = new Median();
        Median memory = new Median();
        // The first start creates the class archive.
        CollectorUnderTest.start(script, "micro").close();
        for (int i = 0; i < rounds; i++) {
            long begun = System.nanoTime();
            try (CollectorUnderTest collector = CollectorUnderTest.start(script, "micro")) {
                double took = (System.nanoTime() - begun) / 1e6;
                Thread.sleep(IDLE_MILLIS);
                System.out.printf("  first 200 after %.0f ms, idle %d MB%n", took, collector.rssKilobytes() / 1024);
                millis.add(took);
                memory.add(collector.rssKilobytes() / 1024.0);
            }
        }
        result.put(prefix + "cold_start_ms", millis.get());
        result.put(prefix + "rss_mb", memory.get());
    }

    private static void pages(Result result, int events) throws Exception {
        try (TemporaryFolder folder = TemporaryFolder.create();
                CollectorUnderTest collector = CollectorUnderTest.start(
                        "micro", "--storage", folder.path().resolve("storage").toString())) {
            PacedLoad load = new PacedLoad(collector.port(), BATCH);
            long stored = 0;
            while (stored < events) {
                load.run(4, 1_000, Math.min(10, Math.max(1, (events - stored) / (double) BATCH / 1_000)));
                collector.awaitProcessed();
                stored = collector.stored();
                System.out.printf("  %,d events%n", stored);
            }
            long[] nanos = new long[QUERIES];
            for (int i = -20; i < QUERIES; i++) {
                String query = "{\"filters\":[{\"column\":\"se_action\",\"values\":[\"request_awesome_feature\"]},"
                        + "{\"column\":\"se_label\",\"values\":[\"complete_code\",\"other\"]}],\"validEvents\":true,"
                        + "\"sorting\":{\"column\":\"collector_tstamp\",\"desc\":true},\"page\":"
                        + (Math.abs(i) % 20 + 1)
                        + ",\"pageSize\":50}";
                long begun = System.nanoTime();
                HttpResponse<String> page = collector.post("/micro/events", query);
                if (page.statusCode() != 200 || !page.body().contains("\"totalItems\":" + stored)) {
                    throw new IOException("a page of " + stored + " events: " + page.statusCode() + " " + page.body());
                }
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - begun;
                }
            }
            Arrays.sort(nanos);
            double p95 = nanos[QUERIES * 95 / 100] / 1e6;
            System.out.printf(
                    "  a page with two filters of %,d events: p50 %.0f ms, p95 %.0f ms%n",
                    stored, nanos[QUERIES / 2] / 1e6, p95);
            result.put("page_p95_ms", p95);
        }
    }
}
