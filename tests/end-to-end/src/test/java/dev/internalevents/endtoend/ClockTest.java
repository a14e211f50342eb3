package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets the machine's clock back and forward while the collector runs, and between two starts. */
class ClockTest {

    /** A start under the library takes twenty seconds, so by default only a few clocks are tested. */
    private static final List<String> CLOCKS = Boolean.getBoolean("clock.all")
            ? List.of("+0", "@2100-01-01 00:00:00", "@1970-06-01 00:00:00", "+30d", "+0")
            : List.of("+0", "@2100-01-01 00:00:00", "+0");

    private static final Path LIBRARY = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

    @TempDir
    private Path folder;

    @Test
    void a_clock_that_is_set_back_or_forward_loses_and_doubles_nothing() throws Exception {
        assumeTrue(Files.exists(LIBRARY), "the library of Debian's package faketime is missing");
        Path clock = Files.writeString(folder.resolve("clock"), "+0");
        Map<String, String> environment = Map.of(
                "LD_PRELOAD",
                LIBRARY.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                clock.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        String[] command = {"collector", "--data", folder.resolve("data").toString(), "--port", String.valueOf(port)};
        List<String> first = ids(100);
        List<String> second = ids(100);
        List<String> third = ids(100);
        List<String> fourth = ids(100);

        Command collector = Command.start(folder, environment, command);
        try {
            Web.awaitUp(url + "/health");
            send(url, first);
            Files.writeString(clock, "-3d");
            assertThat(Web.get(url + "/health").headers().map()).isNotEmpty();
            send(url, second);
            send(url, first);
            collector.kill();

            Files.writeString(clock, "-10d");
            collector = Command.start(folder, environment, command);
            Web.awaitUp(url + "/health");
            send(url, third);
            send(url, second);
            Files.writeString(clock, "+5d");
            send(url, fourth);
            send(url, third);
            Stored.awaitAll(url);

            Map<String, Integer> expected = new HashMap<>();
            List.of(first, second, third, fourth).forEach(ids -> ids.forEach(id -> expected.put(id, 1)));
            assertThat(Stored.ids(url)).isEqualTo(expected);
            // Check that the collector really saw the four clock settings.
            List<String> days = days(url);
            assertThat(days).hasSize(4);
        } finally {
            collector.close();
        }
    }

    @Test
    void starts_under_wrong_clocks_remove_nothing_of_what_is_kept_for_90_days() throws Exception {
        assumeTrue(Files.exists(LIBRARY), "the library of Debian's package faketime is missing");
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        List<String> all = new ArrayList<>();
        for (String clock : CLOCKS) {
            Map<String, String> environment =
                    Map.of("LD_PRELOAD", LIBRARY.toString(), "FAKETIME", clock, "FAKETIME_DONT_FAKE_MONOTONIC", "1");
            List<String> ten = ids(10);
            all.addAll(ten);
            try (Command collector = Command.start(
                    folder,
                    environment,
                    "collector",
                    "--data",
                    folder.resolve("kept").toString(),
                    "--keep",
                    "P90D",
                    "--port",
                    String.valueOf(port))) {
                Web.awaitUp(url + "/health");
                send(url, ten);
                Stored.awaitAll(url);
                assertThat(Stored.ids(url).keySet()).containsExactlyInAnyOrderElementsOf(all);
                boolean isFirst = all.size() == 10;
                // If the clock only moves forward during a pause, a start does not begin the pause again.
                assertThat(collector.output().contains("the clock says")).isEqualTo(!isFirst && !clock.equals("+30d"));
                assertThat(Web.get(url + "/metrics").body())
                        .contains("internal_events_removed_total{reason=\"age\"} 0.0\n")
                        .contains("internal_events_removal_paused " + (isFirst ? "0.0" : "1.0") + "\n");
            }
        }
    }

    private static List<String> ids(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> UUID.randomUUID().toString())
                .toList();
    }

    private static List<String> days(String url) throws IOException, InterruptedException {
        String rows = Web.post(
                        url + "/micro/sql",
                        "{\"sql\":\"SELECT DISTINCT CAST(collector_tstamp AS DATE) AS day FROM events ORDER BY day\"}",
                        Map.of())
                .body();
        return java.util.regex.Pattern.compile("\\d{4}-\\d\\d-\\d\\d")
                .matcher(rows)
                .results()
                .map(java.util.regex.MatchResult::group)
                .toList();
    }

    /** Sends events, ten per request; each request must be accepted. */
    private static void send(String url, List<String> ids) throws IOException, InterruptedException {
        for (int from = 0; from < ids.size(); from += 10) {
            StringBuilder events = new StringBuilder();
            for (String id : ids.subList(from, from + 10)) {
                events.append(events.isEmpty() ? "" : ",")
                        .append("{\"e\":\"pv\",\"p\":\"web\",\"tv\":\"t\",\"eid\":\"")
                        .append(id)
                        .append("\"}");
            }
            String body = "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":["
                    + events + "]}";
            assertThat(Web.post(url + "/com.snowplowanalytics.snowplow/tp2", body, Map.of())
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
