package dev.internalevents.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup of a collector under load contains, after it is restored, every event that was acknowledged before the
 * backup was requested, and none twice; also if the restore or the restored collector is killed.
 */
class BackupUnderLoadTest {

    private static final int SENDERS = 3;
    private static final int EVENTS = 50;
    private static final int TRIES = 10;
    private static final int ENOUGH = Integer.getInteger("backup.events", 30_000);
    private static final Duration LONG = Duration.ofMinutes(3);

    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean over = new AtomicBoolean();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        over.set(true);
    }

    @Test
    void a_restored_backup_has_each_event_that_was_acknowledged_before_it_once_also_after_two_kills() throws Exception {
        int port = Command.freePort();
        String url = "http://127.0.0.1:" + port;
        Path backup = folder.resolve("events.tar");
        Set<String> before = backUpUnderLoad(url, port, backup);

        Path restored = folder.resolve("restored");
        restoreAndKill(backup, restored);
        assertThat(restore(backup, restored).exitCode()).isZero();

        String[] command = {"collector", "--data", restored.toString(), "--port", String.valueOf(port)};
        Command first = Command.start(folder, command);
        // The store's file appears when it is opened; the events in the spool are still being processed then.
        await().atMost(LONG).until(() -> Files.size(restored.resolve("events.duckdb")) > 0);
        Web.awaitUp(url + "/health");
        assertThat(Web.get(url + "/metrics").body())
                .as("a restore loses nothing")
                .containsPattern("(?m)^internal_events_lost_spool_bytes_total 0(\\.0)?$");
        assertThat(first.output()).doesNotContain("are lost");
        first.kill();
        try (Command second = Command.start(folder, command)) {
            Stored.awaitAll(url);
            Map<String, Integer> stored = Stored.ids(url);
            assertThat(without(before, stored.keySet())).as("lost").isEmpty();
            assertThat(without(stored.keySet(), asked)).as("never sent").isEmpty();
            stored.values().removeIf(times -> times == 1);
            assertThat(stored).as("stored twice").isEmpty();
        }
    }

    /** Returns the events that were acknowledged before the backup was requested. */
    private Set<String> backUpUnderLoad(String url, int port, Path backup) throws Exception {
        Path data = folder.resolve("data");
        List<Thread> senders = new ArrayList<>();
        try (Command collector =
                Command.start(folder, "collector", "--data", data.toString(), "--port", String.valueOf(port))) {
            Web.awaitUp(url + "/health");
            for (int i = 0; i < SENDERS; i++) {
                Thread sender = new Thread(() -> send(url), "sender-" + i);
                sender.setDaemon(true);
                sender.start();
                senders.add(sender);
            }
            await().atMost(LONG).until(() -> acknowledged.size() >= ENOUGH);
            Set<String> before = new HashSet<>(acknowledged);
            Command command = Command.start(folder, "backup", "--url", url, backup.toString());
            assertThat(command.exitCode()).as(command.output()).isZero();
            assertThat(command.output()).contains("events.tar: ", " waiting requests, ");
            assertThat(acknowledged.size()).as("intake goes on").isGreaterThan(before.size());

            Command again = Command.start(folder, "backup", "--url", url, backup.toString());
            assertThat(again.exitCode()).isEqualTo(2);
            assertThat(again.output()).contains("already exists");
            over.set(true);
            for (Thread sender : senders) {
                sender.join();
            }
            collector.kill();
            return before;
        }
    }

    /** Returns the difference of two sets. AssertJ's own comparison is quadratic. */
    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new HashSet<>(all);
        rest.removeIf(some::contains);
        return rest;
    }

    private Command restore(Path backup, Path to) throws IOException {
        return Command.start(folder, "restore", backup.toString(), "--data", to.toString());
    }

    /**
     * Kills a restore as soon as its first file exists, and checks that no collector starts from the folder it left.
     */
    private void restoreAndKill(Path backup, Path to) throws Exception {
        boolean killed = false;
        for (int i = 0; i < TRIES && !killed; i++) {
            // A restore that completes before it is killed is repeated in another folder.
            Path here = to.resolveSibling(i == 0 ? "first" : "first" + i);
            Command restoring = restore(backup, here);
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> Files.exists(here.resolve("events.duckdb")));
            restoring.kill();
            killed = Files.exists(here.resolve("restoring"));
            if (killed) {
                Files.move(here, to);
            }
        }
        assertThat(killed).as("a restore was killed half-way").isTrue();
        Command collector = Command.start(folder, "collector", "--data", to.toString(), "--port", "0");
        assertThat(collector.exitCode()).isEqualTo(1);
        assertThat(collector.output()).contains("was not finished; run it again");
    }

    private void send(String url) {
        while (!over.get()) {
            EventBatch batch = EventBatch.of(EVENTS);
            asked.addAll(batch.ids());
            if (batch.isAcknowledged(http, url)) {
                acknowledged.addAll(batch.ids());
            }
        }
    }
}
