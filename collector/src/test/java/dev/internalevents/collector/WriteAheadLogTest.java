package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store's write-ahead log while the collector runs, and after the process is killed. */
class WriteAheadLogTest {

    private static final String PAYLOAD =
            "{\"schema\":\"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4\",\"data\":[%s]}";

    @TempDir
    Path temporary;

    private Collector collector;
    private Http http;

    private Path folder() {
        return temporary.resolve("data");
    }

    private void start(Path folder) throws IOException {
        collector = Collector.start(
                CollectorSettings.collector(folder).port(0).readYourWrites(true).build());
        http = new Http(collector);
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    private void send(int events) throws Exception {
        String all = "{\"e\":\"pv\"},".repeat(events - 1) + "{\"e\":\"pv\"}";
        assertThat(http.post(Http.TP2, PAYLOAD.formatted(all)).statusCode()).isEqualTo(200);
        assertThat(http.get("/micro/all").statusCode()).isEqualTo(200);
    }

    /** Copies the store as a kill leaves it, without the spool, which contains nothing that the store does not. */
    private Path killed() throws IOException {
        Path copy = Files.createDirectory(temporary.resolve("killed"));
        for (String name : new String[] {"events.duckdb", "events.duckdb.wal"}) {
            if (Files.exists(folder().resolve(name))) {
                Files.copy(folder().resolve(name), copy.resolve(name));
            }
        }
        collector.close();
        return copy;
    }

    private int stored() throws Exception {
        return http.json("/micro/all").path("total").asInt();
    }

    @Test
    void a_log_that_is_deleted_while_it_is_written_loses_nothing() throws Exception {
        start(folder());
        send(100);
        Files.delete(folder().resolve("events.duckdb.wal"));
        send(100);
        send(100);

        start(killed());

        assertThat(stored()).isEqualTo(300);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 100, 1000})
    void a_log_that_is_cut_while_it_is_written_is_left_out_by_the_next_start(int bytes) throws Exception {
        start(folder());
        send(100);
        try (FileChannel log = FileChannel.open(folder().resolve("events.duckdb.wal"), StandardOpenOption.WRITE)) {
            log.truncate(bytes);
        }
        send(100);

        start(killed());

        assertThat(stored()).isLessThanOrEqualTo(200);
        send(10);
        assertThat(http.get("/ready").statusCode()).isEqualTo(200);
        assertThat(stored()).isGreaterThanOrEqualTo(10);
    }
}
