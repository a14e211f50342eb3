package dev.internalevents.collector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.internalevents.collector.backup.BackupReader;
import dev.internalevents.collector.backup.Restore;
import dev.internalevents.protocol.Json;
import dev.internalevents.spool.Spool;
import dev.internalevents.store.Progress;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.io.IOUtils;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Restores concurrent with a collector or another restore, killed restores, and malicious backups. */
@Tag("slow")
class RestoreTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private Path to;
    private byte[] backup = new byte[0];
    private final List<AutoCloseable> open = new ArrayList<>();

    /** Makes a backup of three events. */
    @BeforeEach
    void makeBackup() throws Exception {
        to = folder.resolve("to");
        Path data = folder.resolve("data");
        try (TestCollector collector = collector(data)) {
            send(collector, 3);
            collector.awaitStored();
            HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                    .send(
                            collector
                                    .to("/micro/backup")
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            backup = answer.body();
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private TestCollector collector(Path data) throws IOException {
        TestCollector collector = new TestCollector();
        collector.start(CollectorSettings.collector(data));
        open.add(collector);
        return collector;
    }

    private static void send(TestCollector collector, int number) throws Exception {
        List<String> events = Stream.generate(
                        () -> "{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"a\",\"eid\":\"" + UUID.randomUUID() + "\"}")
                .limit(number)
                .toList();
        collector.track(events.toArray(String[]::new));
    }

    private static long good(TestCollector collector) throws Exception {
        collector.awaitStored();
        return collector.json("/micro/all").path("good").asLong(-1);
    }

    private List<String> names(Path in) throws IOException {
        try (Stream<Path> all = Files.list(in)) {
            return all.map(one -> one.getFileName().toString()).toList();
        }
    }

    // Concurrency. A backup sent through a pipe pauses a restore at the place that the test chooses

    /** Where a restore waits for the rest of its backup. */
    private enum Place {
        /** During the check of the backup, before anything is written. */
        CHECKING,
        /** During the writing of files. */
        WRITING
    }

    /** A restore that pauses at a place until the test resumes it. */
    private final class Waiting {

        private final Path pipe = folder.resolve("pipe-" + UUID.randomUUID());
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final CompletableFuture<BackupReader.Contents> done = new CompletableFuture<>();

        /** @param bytes how many bytes of the backup the restore receives before it pauses */
        Waiting(Place place, int bytes) throws Exception {
            Path second = folder.resolve(pipe.getFileName() + "-again");
            run("mkfifo", pipe.toString(), second.toString());
            daemon(() -> {
                try {
                    try (OutputStream out = Files.newOutputStream(pipe)) {
                        write(out, place == Place.CHECKING ? bytes : -1);
                        // After reading all of this, the restore opens the file again.
                        Files.move(second, pipe, StandardCopyOption.REPLACE_EXISTING);
                    }
                    try (OutputStream out = Files.newOutputStream(pipe)) {
                        write(out, place == Place.WRITING ? bytes : -1);
                    }
                } catch (IOException e) {
                    // The restore was rejected or killed.
                }
            });
        }

        /** Runs it in this process. */
        Waiting start() throws Exception {
            daemon(() -> {
                try {
                    done.complete(Restore.restore(pipe, to));
                } catch (IOException | RuntimeException | Error e) {
                    done.completeExceptionally(e);
                }
            });
            awaitReached();
            return this;
        }

        void awaitReached() throws Exception {
            assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        }

        private void write(OutputStream out, int wait) throws IOException {
            if (wait < 0) {
                out.write(backup);
                return;
            }
            out.write(backup, 0, wait);
            out.flush();
            reached.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            out.write(backup, wait, backup.length - wait);
        }

        BackupReader.Contents finish() throws Exception {
            goOn.countDown();
            return done.get(60, TimeUnit.SECONDS);
        }

        void isRefused(String why) {
            assertThatThrownBy(this::finish)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining(why);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "restore-test");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    private List<Integer> placesInBackup() {
        return List.of(0, 512, backup.length / 3, backup.length - 1100);
    }

    private void empty() throws Exception {
        stop();
        open.clear();
        run("rm", "-rf", to.toString());
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void a_restore_is_refused_if_a_collector_starts_while_it_checks_the_backup_and_the_collector_keeps_all()
            throws Exception {
        for (int bytes : placesInBackup()) {
            for (boolean waitsForStore : List.of(true, false)) {
                Waiting restore = new Waiting(Place.CHECKING, bytes).start();
                TestCollector collector = collector(to);
                if (waitsForStore) {
                    collector.awaitStored();
                }
                send(collector, 2);
                restore.isRefused(
                        to + " is in use (process " + ProcessHandle.current().pid() + ")");

                assertThat(names(to)).doesNotContain("restoring");
                send(collector, 2);
                assertThat(good(collector)).isEqualTo(4);
                collector.close();
                assertThat(good(collector(to))).isEqualTo(4);
                empty();
            }
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void a_restore_is_refused_if_a_collector_started_and_stopped_while_it_checked_the_backup() throws Exception {
        for (int bytes : placesInBackup()) {
            Waiting restore = new Waiting(Place.CHECKING, bytes).start();
            TestCollector collector = collector(to);
            send(collector, 2);
            collector.close();
            restore.isRefused("is not empty (it contains ");

            assertThat(names(to)).doesNotContain("restoring");
            assertThat(good(collector(to))).isEqualTo(2);
            empty();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void a_collector_is_refused_while_a_restore_writes_and_starts_when_it_has_ended() throws Exception {
        for (int bytes : placesInBackup()) {
            Waiting restore = new Waiting(Place.WRITING, bytes).start();
            assertThatThrownBy(() -> collector(to))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a restore into " + to + " is running (process "
                            + ProcessHandle.current().pid() + "); start the collector when it has finished");
            restore.finish();

            assertThat(good(collector(to))).isEqualTo(3);
            empty();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void of_two_restores_at_once_one_is_refused_and_the_other_is_whole() throws Exception {
        for (Place place : Place.values()) {
            for (int bytes : placesInBackup()) {
                Waiting first = new Waiting(place, bytes).start();
                Path file = Files.write(folder.resolve("events.tar"), backup);
                if (place == Place.CHECKING) {
                    Restore.restore(file, to);
                    first.isRefused("is not empty");
                } else {
                    assertThatThrownBy(() -> Restore.restore(file, to))
                            .hasMessageContaining("another restore into " + to + " is running (process ");
                    first.finish();
                }
                assertThat(names(to)).doesNotContain("restoring");
                assertThat(good(collector(to))).isEqualTo(3);
                empty();
            }
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void after_a_restore_is_killed_anywhere_no_collector_starts_until_it_is_run_again() throws Exception {
        Path file = Files.write(folder.resolve("events.tar"), backup);
        for (Place place : Place.values()) {
            for (int bytes : placesInBackup()) {
                Waiting restore = new Waiting(place, bytes);
                Process process = restoreElsewhere(restore.pipe);
                restore.awaitReached();
                if (place == Place.WRITING) {
                    assertThatThrownBy(() -> collector(to))
                            .hasMessageContaining("is running (process " + process.pid() + ")");
                }
                process.destroyForcibly().waitFor();
                restore.goOn.countDown();
                if (place == Place.WRITING) {
                    assertThatThrownBy(() -> collector(to)).hasMessageContaining("was not finished; run it again");
                }

                Restore.restore(file, to);
                assertThat(good(collector(to))).isEqualTo(3);
                empty();
            }
        }
    }

    /** Runs a restore in a process of its own. */
    private Process restoreElsewhere(Path from) throws Exception {
        List<Class<?>> needed = List.of(
                RestoreTest.class,
                Restore.class,
                Spool.class,
                Progress.class,
                Json.class,
                TarArchiveEntry.class,
                IOUtils.class,
                Hex.class,
                StringUtils.class,
                LoggerFactory.class,
                JacksonException.class,
                JsonNode.class,
                JsonInclude.class,
                Nullable.class);
        List<String> classPath = new ArrayList<>();
        for (Class<?> one : needed) {
            classPath.add(Path.of(one.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        }
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        String.join(File.pathSeparator, classPath),
                        RestoreTest.class.getName(),
                        from.toString(),
                        to.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("elsewhere.log").toFile())
                .start();
    }

    /** Restores a backup, the first argument, into a folder, the second. */
    public static void main(String[] args) throws IOException {
        Restore.restore(Path.of(args[0]), Path.of(args[1]));
    }

    @Test
    void a_process_that_was_killed_before_it_wrote_anything_leaves_a_folder_that_counts_as_empty() throws Exception {
        Files.createDirectories(to.resolve("spool"));
        Files.writeString(to.resolve("spool/lock"), "1\n");

        Restore.restore(Files.write(folder.resolve("events.tar"), backup), to);

        assertThat(good(collector(to))).isEqualTo(3);
    }

    @Test
    void links_in_a_folder_are_not_followed() throws Exception {
        Path file = Files.write(folder.resolve("events.tar"), backup);
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        Path kept = Files.writeString(elsewhere.resolve("kept"), "mine");
        Files.createDirectories(to);
        Files.createSymbolicLink(to.resolve("spool"), elsewhere);

        assertThatThrownBy(() -> Restore.restore(file, to)).hasMessageContaining("is not empty (it contains spool)");
        Files.writeString(to.resolve("restoring"), "");
        assertThatThrownBy(() -> Restore.restore(file, to)).hasMessageContaining("is not empty (it contains spool)");
        Files.delete(to.resolve("spool"));
        Files.delete(to.resolve("restoring"));
        Files.createSymbolicLink(to.resolve("restoring"), folder.resolve("missing"));
        assertThatThrownBy(() -> collector(to)).hasMessageContaining("was not finished");
        Restore.restore(file, to);

        assertThat(Files.exists(folder.resolve("missing"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(kept).hasContent("mine");
        assertThat(good(collector(to))).isEqualTo(3);
    }

    // Segments

    @Test
    void segments_have_their_full_length_again_and_no_loss_is_reported() throws Exception {
        long inBackup = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(backup))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                inBackup += entry.getName().endsWith(".segment") ? entry.getSize() : 0;
            }
        }
        Restore.restore(Files.write(folder.resolve("events.tar"), backup), to);

        long restored = 0;
        for (String name : names(to.resolve("spool"))) {
            restored +=
                    name.endsWith(".segment") ? Files.size(to.resolve("spool").resolve(name)) : 0;
        }
        assertThat(inBackup).isBetween(64L, 1L << 20);
        assertThat(restored).isEqualTo(16 << 20);
        TestCollector collector = collector(to);
        assertThat(good(collector)).isEqualTo(3);
        assertThat(collector.get("/metrics").body())
                .containsPattern("(?m)^internal_events_lost_spool_bytes_total 0(\\.0)?$");
        assertThat(names(to.resolve("spool"))).noneMatch(name -> name.contains("damaged"));
    }

    // Headers

    private static byte[] header(String name, long bytes, byte type) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setSize(bytes);
        byte[] header = new byte[512];
        entry.writeEntryHeader(header);
        return header;
    }

    /** The first entry of the backup. */
    private byte[] manifest() throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(backup))) {
            byte[] json = tar.getNextEntry() == null ? new byte[0] : tar.readAllBytes();
            byte[] entry = Arrays.copyOf(
                    header("manifest.json", json.length, (byte) '0'), 512 + (json.length + 511) / 512 * 512);
            System.arraycopy(json, 0, entry, 512, json.length);
            return entry;
        }
    }

    /** Returns a changed header with the right checksum. */
    private static byte[] summed(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        byte[] text = String.format("%06o\0 ", sum).getBytes(US_ASCII);
        System.arraycopy(text, 0, header, 148, text.length);
        return header;
    }

    private void refuses(Path tar, String why) {
        assertThatThrownBy(() -> Restore.restore(tar, to))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
        assertThat(to).doesNotExist();
    }

    @Test
    void a_header_of_hundreds_of_megabytes_is_refused_and_nothing_is_written() throws Exception {
        long huge = 600 << 20;
        Path tar = folder.resolve("huge.tar");
        byte[] manifest = manifest();
        // Long names and link names of GNU tar, attributes of an entry and of all entries.
        for (char type : "LKxgX".toCharArray()) {
            for (boolean first : List.of(true, false)) {
                try (RandomAccessFile file = new RandomAccessFile(tar.toFile(), "rw")) {
                    file.setLength(0);
                    file.write(first ? new byte[0] : manifest);
                    file.write(header("././@LongLink", huge, (byte) type));
                    file.write((huge + " path=a").getBytes(US_ASCII));
                    file.setLength(file.getFilePointer() + huge + 1024);
                }
                refuses(tar, "header of more than 65536 bytes");
            }
        }
    }

    @Test
    void attributes_for_all_entries_are_refused() throws Exception {
        Path tar = folder.resolve("attributes.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            out.write(manifest());
            for (int i = 0; i < 5000; i++) {
                String attribute = String.format("a%06d=%s\n", i, "v".repeat(487));
                byte[] text = ("500 " + attribute).getBytes(US_ASCII);
                out.write(header("g", text.length, (byte) 'g'));
                out.write(Arrays.copyOf(text, 512));
                out.write(header("copying", 0, (byte) '0'));
            }
        }
        refuses(tar, "has attributes that backups never have");
    }

    @Test
    void a_map_of_holes_without_an_end_is_refused() throws Exception {
        Path tar = folder.resolve("sparse.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            out.write(manifest());
            byte[] sparse = header("events.duckdb", 0, (byte) 'S');
            System.arraycopy("ustar  \0".getBytes(US_ASCII), 0, sparse, 257, 8);
            sparse[482] = 1;
            out.write(summed(sparse));
            byte[] more = new byte[512];
            more[504] = 1;
            for (int i = 0; i < 100_000; i++) {
                out.write(more);
            }
        }
        refuses(tar, "header of more than 65536 bytes");
    }

    @Test
    void long_names_that_follow_each_other_without_an_end_are_refused() throws Exception {
        Path tar = folder.resolve("chain.tar");
        for (char type : "LKxg".toCharArray()) {
            byte[] empty = header("././@LongLink", 0, (byte) type);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
                out.write(manifest());
                for (int i = 0; i < 10_000; i++) {
                    out.write(empty);
                }
            }
            refuses(tar, "header of more than 65536 bytes");
        }
    }

    @Test
    void an_endless_number_of_entries_is_refused() throws Exception {
        Path tar = folder.resolve("many.tar");
        byte[] copying = header("copying", 0, (byte) '0');
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            out.write(manifest());
            for (int i = 0; i <= 100_000; i++) {
                out.write(copying);
            }
        }
        refuses(tar, "more than 100000 entries");
    }

    @Test
    void any_byte_of_a_header_may_be_wrong_and_the_refusal_is_in_words() throws Exception {
        Path tar = folder.resolve("changed.tar");
        byte[] header = Arrays.copyOf(backup, 512);
        ByteBuffer rest = ByteBuffer.wrap(backup).position(512).limit(4096);
        for (int at = 0; at < 512; at++) {
            for (int value : new int[] {0, ' ', '-', '7', '9', 'L', 'S', 'x', 0x80, 0xff}) {
                byte[] changed = header.clone();
                changed[at] = (byte) value;
                if (at < 148 || at >= 156) {
                    summed(changed);
                }
                try (OutputStream out = Files.newOutputStream(tar)) {
                    out.write(changed);
                    out.write(rest.array(), rest.position(), rest.remaining());
                }
                // Truncated in any case.
                assertThatThrownBy(() -> {
                            try (InputStream in = Files.newInputStream(tar)) {
                                BackupReader.check(in);
                            }
                        })
                        .isInstanceOf(IOException.class)
                        .hasMessageMatching("(?s).*(backup|manifest\\.json|plain file).*");
            }
        }
    }
}
