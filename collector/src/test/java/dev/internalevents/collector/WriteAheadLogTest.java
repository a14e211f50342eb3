package dev.internalevents.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store's write-ahead log while the collector runs, and after the process is killed. */
@Tag("slow")
class WriteAheadLogTest {

    @TempDir
    Path temporary;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private Path folder() {
        return temporary.resolve("data");
    }

    private void start(Path folder) throws IOException {
        collector.start(CollectorSettings.collector(folder).readYourWrites(true));
    }

    private void send(int events) throws Exception {
        String all = "{\"e\":\"pv\"},".repeat(events - 1) + "{\"e\":\"pv\"}";
        collector.track(all);
        assertThat(collector.get("/micro/all").statusCode()).isEqualTo(200);
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
        return collector.json("/micro/all").path("total").asInt();
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
        assertThat(collector.get("/ready").statusCode()).isEqualTo(200);
        assertThat(stored()).isGreaterThanOrEqualTo(10);
    }
}
