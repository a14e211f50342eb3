package dev.internalevents.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.metrics.store.FileMetricStore;
import dev.internalevents.spool.SpoolSettings;
import dev.internalevents.testkit.CapturedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counting through a queue: nothing is lost and nothing is counted twice, however the process ends. */
class QueuedEventCounterTest {

    @TempDir
    private Path folder;

    private Dictionary dictionary;
    private Counters counters;

    @BeforeEach
    void define() {
        dictionary = Workload.dictionary(folder.resolve("definitions"));
        counters = Counters.of(dictionary);
    }

    private FileMetricStore openStore() {
        return FileMetricStore.open(counters, folder.resolve("counters"));
    }

    private QueuedEventCounter queue(MetricStore store) throws IOException {
        return QueuedEventCounter.open(counters, store, folder.resolve("queue"), SpoolSettings.DEFAULTS);
    }

    @Test
    void what_was_counted_is_in_the_store_after_settling() throws IOException {
        FileMetricStore store = openStore();
        try (QueuedEventCounter counter = queue(store)) {
            Workload.events(50_000, counter::count);

            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();

            assertThat(counter.waiting()).isZero();
            assertThat(counter.lost()).isZero();
            assertEqualsRecount(store, 50_000);
        }
        try (FileMetricStore again = openStore()) {
            assertEqualsRecount(again, 50_000);
        }
    }

    @Test
    void a_batch_is_one_write_whatever_the_block_does() throws IOException {
        FailingStore store = new FailingStore(openStore());
        store.failing = true;
        try (QueuedEventCounter counter = queue(store)) {
            assertThatThrownBy(() -> counter.batch(() -> counter.batch(() -> {
                        Workload.events(5_000, counter::count);
                        assertThat(counter.waiting()).isZero();
                        throw new IllegalStateException("of the block");
                    })))
                    .hasMessage("of the block");
            assertThat(counter.waiting()).isEqualTo(1);
            store.failing = false;

            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            assertEqualsRecount(store.store, 5_000);
        }
    }

    @Test
    void a_store_that_fails_gets_everything_once_it_works_again() throws IOException {
        FailingStore store = new FailingStore(openStore());
        try (QueuedEventCounter counter = queue(store)) {
            store.failing = true;
            Workload.events(5_000, counter::count);
            assertThat(counter.settle(Duration.ofMillis(100))).isFalse();
            store.failing = false;

            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();

            assertEqualsRecount(store.store, 5_000);
        }
    }

    @Test
    void what_a_failing_store_did_not_take_is_counted_after_the_next_start() throws IOException {
        FailingStore failing = new FailingStore(openStore());
        failing.failing = true;
        try (QueuedEventCounter counter = queue(failing)) {
            Workload.events(5_000, counter::count);
        }
        FileMetricStore store = openStore();
        try (QueuedEventCounter counter = queue(store)) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();

            assertEqualsRecount(store, 5_000);
        }
    }

    @Test
    void a_queue_that_is_replaced_by_an_older_copy_counts_what_comes_afterwards() throws IOException {
        countSome(0, 1_000);
        copy(folder.resolve("queue"), folder.resolve("older"));
        countSome(1_000, 3_000);
        Files.move(folder.resolve("queue"), folder.resolve("newer"));
        Files.move(folder.resolve("older"), folder.resolve("queue"));

        countSome(3_000, 3_500);

        try (FileMetricStore store = openStore()) {
            assertEqualsRecount(store, 3_500);
        }
    }

    /** As after a kill: the counters are durable up to the middle of what the next process reads at once. */
    @Test
    void a_checkpoint_that_was_not_committed_in_the_queue_doubles_nothing() throws IOException {
        UncommittedStore store = new UncommittedStore(openStore());
        try (QueuedEventCounter counter = queue(store)) {
            int[] at = {0};
            Workload.events(1_500, event -> {
                counter.count(event);
                if (++at[0] == 1_000) {
                    assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
                    store.checkpoint();
                    copyFile("counters", "counters-then");
                }
            });
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            copy(folder.resolve("queue"), folder.resolve("queue-then"));
        }
        Files.move(folder.resolve("counters-then"), folder.resolve("counters"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(folder.resolve("queue"), folder.resolve("queue-closed"));
        Files.move(folder.resolve("queue-then"), folder.resolve("queue"));

        FileMetricStore again = openStore();
        try (QueuedEventCounter counter = queue(again)) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            assertEqualsRecount(again, 1_500);
        }
    }

    /** As after a kill between the store's commit and its answer: the next process must not append to that batch. */
    @Test
    void a_batch_whose_answer_was_lost_is_applied_again_as_it_was() throws IOException {
        FileMetricStore elsewhere = openStore();
        ElsewhereStore store = new ElsewhereStore(elsewhere);
        store.isLost = true;
        try (QueuedEventCounter counter = queue(store)) {
            int[] at = {0};
            Workload.events(1_500, event -> {
                counter.count(event);
                if (++at[0] == 1_000) {
                    await().until(() -> elsewhere.applied() != null);
                }
            });
        }

        store.isLost = false;
        try (QueuedEventCounter counter = queue(store)) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            assertEqualsRecount(elsewhere, 1_500);
        }
    }

    @Test
    void a_queue_whose_position_the_store_has_forgotten_is_refused_until_the_user_decides() throws IOException {
        leaveWaiting(Duration.ofDays(61));
        ForgetfulStore store = new ForgetfulStore(openStore());
        try (CapturedLog log = CapturedLog.of(QueuedEventCounter.class);
                QueuedEventCounter counter = queue(store)) {
            await().until(() -> counter.problem().isPresent());
            counter.count(new Workload.Event("opened", 0, null, null, null, null, null, null, Map.of()));
            assertThat(counter.settle(Duration.ofSeconds(60))).isFalse();
            assertThat(counter.problem().orElseThrow())
                    .contains("queue: the queue was last used on ", "for 60 days", "To count them, delete ");
            assertThat(log.lines()).containsExactly("ERROR " + counter.problem().orElseThrow());
            // Nothing is lost: the 500 events and the one after them
            assertThat(counter.waiting()).isEqualTo(501);
        }
        Files.delete(folder.resolve("queue/batch"));
        FileMetricStore counted = openStore();
        try (QueuedEventCounter counter = queue(new ForgetfulStore(counted))) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            assertThat(counter.problem()).isEmpty();
            assertThat(counter.waiting()).isZero();
        }
    }

    @Test
    void a_queue_that_was_used_recently_is_counted_by_a_store_that_forgets() throws IOException {
        leaveWaiting(Duration.ofDays(58));
        FileMetricStore store = openStore();
        try (QueuedEventCounter counter = queue(new ForgetfulStore(store))) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            assertEqualsRecount(store, 500);
        }
    }

    /** The file of the last batch is as an earlier version wrote it: without a time. */
    @Test
    void a_queue_of_an_earlier_version_is_counted() throws IOException {
        leaveWaiting(Duration.ZERO);
        Path batch = folder.resolve("queue/batch");
        Files.writeString(batch, Files.readString(batch).lines().findFirst().orElseThrow());
        FileMetricStore store = openStore();
        try (QueuedEventCounter counter = queue(new ForgetfulStore(store))) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            assertEqualsRecount(store, 500);
        }
    }

    /** Leaves 500 events in the queue, whose last use was some time ago. */
    private void leaveWaiting(Duration ago) throws IOException {
        FailingStore failing = new FailingStore(openStore());
        failing.failing = true;
        try (QueuedEventCounter counter = queue(failing)) {
            Workload.events(500, counter::count);
        }
        Files.deleteIfExists(folder.resolve("counters"));
        Path batch = folder.resolve("queue/batch");
        String position = Files.readString(batch).lines().findFirst().orElseThrow();
        Files.writeString(batch, position + "\n" + Instant.now().minus(ago).toEpochMilli());
    }

    /** A server that retains positions for 60 days, and has forgotten this queue's. */
    private static final class ForgetfulStore extends FailingStore {

        ForgetfulStore(FileMetricStore store) {
            super(store);
        }

        @Override
        public @Nullable Position applied(UUID sequence) {
            return null;
        }

        @Override
        public @Nullable Position durable() {
            return null;
        }

        @Override
        public Duration positionExpiry() {
            return Duration.ofDays(60);
        }
    }

    private void copyFile(String from, String to) {
        try {
            Files.copy(folder.resolve(from), folder.resolve(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void countSome(int from, int to) throws IOException {
        FileMetricStore store = openStore();
        try (QueuedEventCounter counter = queue(store)) {
            int[] at = {0};
            Workload.events(to, event -> {
                if (at[0]++ >= from) {
                    counter.count(event);
                }
            });
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Kills a counting process three times; each process continues where the previous one stopped. */
    @Test
    void a_killed_process_has_counted_everything_once() throws IOException, InterruptedException {
        for (int kills = 1; kills <= 3; kills++) {
            Path output = folder.resolve("output-" + kills);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            CountingProcess.class.getName(),
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(output.toFile())
                    .start();
            int enough = 20_000 * kills;
            await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive() || last(output) >= enough);
            assertThat(process.isAlive()).as("the process ended by itself").isTrue();
            process.destroyForcibly().waitFor();

            assertThat(counted()).isGreaterThanOrEqualTo(last(output));
        }
        FileMetricStore store = openStore();
        assertEqualsRecount(store, counted());
    }

    /** Returns the number on the last complete line. */
    private static int last(Path output) throws IOException {
        String text = Files.readString(output);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        return whole.lines()
                .reduce((before, line) -> line)
                .map(Integer::parseInt)
                .orElse(0);
    }

    private int counted() throws IOException {
        FileMetricStore store = openStore();
        try (QueuedEventCounter counter = queue(store)) {
            assertThat(counter.settle(Duration.ofSeconds(60))).isTrue();
            return CountingProcess.counted(dictionary, counters, store);
        }
    }

    private void assertEqualsRecount(MetricStore store, int events) {
        RecountComparison.withOwnUniqueCounts(dictionary).assertEqual(store, Recount.of(dictionary, events, folder));
    }

    /** Does not tell the queue what is durable, so that it commits nothing. */
    private static final class UncommittedStore extends FailingStore {

        UncommittedStore(FileMetricStore store) {
            super(store);
        }

        @Override
        public @Nullable Position durable() {
            return null;
        }
    }

    /** A server that knows which batches it has, but tells nobody. */
    private static final class ElsewhereStore extends FailingStore {

        private final FileMetricStore server;
        private volatile boolean isLost;

        ElsewhereStore(FileMetricStore server) {
            super(server);
            this.server = server;
        }

        /** While the connection is being lost, the server gets one batch, and its answer does not arrive. */
        @Override
        public void apply(Increments batch, Position position) {
            if (!isLost || server.applied() == null) {
                super.apply(batch, position);
            }
            if (isLost) {
                throw new MetricStoreException("no answer", new IOException());
            }
        }

        @Override
        public @Nullable Position durable() {
            return null;
        }

        @Override
        public void close() {
            // The server goes on.
        }
    }

    private static class FailingStore implements MetricStore {

        private final FileMetricStore store;
        private volatile boolean failing;

        FailingStore(FileMetricStore store) {
            this.store = store;
        }

        @Override
        public void apply(Increments batch, Position position) {
            if (failing) {
                throw new MetricStoreException("away", new IOException());
            }
            store.apply(batch, position);
        }

        @Override
        public void checkpoint() {
            store.checkpoint();
        }

        @Override
        public @Nullable Position durable() {
            return store.durable();
        }

        @Override
        public BigDecimal count(Collection<Counter> counters, int[] weeks) {
            return store.count(counters, weeks);
        }

        @Override
        public long unique(Collection<Counter> counters, int[] weeks) {
            return store.unique(counters, weeks);
        }

        @Override
        public Map<String, Long> totalsBy(Collection<Counter> counters, int[] weeks) {
            return store.totalsBy(counters, weeks);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
