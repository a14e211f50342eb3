package dev.internalevents.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.internalevents.collector.backup.BackupReader;
import dev.internalevents.collector.backup.Restore;
import dev.internalevents.spool.Spool;
import dev.internalevents.spool.SpoolSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Backups of a running collector, and restoring them elsewhere. */
@Tag("slow")
class BackupTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private Path data;
    private Path backup;

    @AutoClose
    private final TestCollector collector = new TestCollector();

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void name() {
        data = folder.resolve("data");
        backup = folder.resolve("events.tar");
    }

    private void send(List<String> ids) throws Exception {
        List<String> events = new ArrayList<>();
        for (String id : ids) {
            events.add("{\"e\":\"se\",\"se_ca\":\"c\",\"se_ac\":\"a\",\"eid\":\"" + id + "\"}");
        }
        collector.track(events.toArray(String[]::new));
    }

    private static List<String> ids(int number) {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(number).toList();
    }

    private List<String> stored() throws Exception {
        List<String> ids = new ArrayList<>();
        for (JsonNode event :
                collector.json("/micro/events", "{\"pageSize\":1000}").path("events")) {
            ids.add(event.path("event_id").asString());
        }
        return ids;
    }

    private HttpResponse<InputStream> ask() throws Exception {
        return client.send(
                collector
                        .to("/micro/backup")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    private BackupReader.Contents makeBackup() throws Exception {
        HttpResponse<InputStream> answer;
        do {
            answer = ask();
        } while (answer.statusCode() == 503);
        assertThat(answer.statusCode()).isEqualTo(200);
        try (InputStream in = answer.body()) {
            Files.copy(in, backup);
        }
        try (InputStream in = Files.newInputStream(backup)) {
            return BackupReader.check(in);
        }
    }

    private boolean hasLeftOver() {
        return Files.exists(data.resolve("backup-in-progress"));
    }

    @Test
    void events_are_there_after_a_restore_elsewhere_and_are_known_when_they_come_again() throws Exception {
        collector.start(CollectorSettings.collector(data));
        List<String> ids = ids(100);
        send(ids);
        collector.awaitStored();
        assertThat(makeBackup().manifest().events()).isEqualTo(100);
        List<String> later = ids(5);
        send(later);
        collector.close();

        Path other = folder.resolve("other");
        Restore.restore(backup, other);
        collector.start(CollectorSettings.collector(other));
        collector.awaitStored();

        assertThat(stored()).containsExactlyInAnyOrderElementsOf(ids);
        send(ids);
        send(later);
        collector.awaitStored();
        List<String> all = new ArrayList<>(ids);
        all.addAll(later);
        assertThat(stored()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(collector.json("/micro/bad")).isEmpty();
    }

    @Test
    void requests_that_wait_are_in_the_backup_and_processed_once() throws Exception {
        collector.start(CollectorSettings.collector(data));
        List<String> ids = new ArrayList<>();
        // Sent without a pause, so that some events are in the store and some in the spool.
        for (int i = 0; i < 40; i++) {
            List<String> some = ids(20);
            send(some);
            ids.addAll(some);
        }
        BackupReader.Contents contents = makeBackup();
        collector.close();

        Path other = folder.resolve("other");
        Restore.restore(backup, other);
        collector.start(CollectorSettings.collector(other));
        collector.awaitStored();

        assertThat(contents.manifest().events()).isLessThanOrEqualTo(ids.size());
        assertThat(stored()).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void every_file_of_a_restore_is_its_owners_alone() throws Exception {
        collector.start(CollectorSettings.collector(data));
        send(ids(3));
        collector.awaitStored();
        makeBackup();

        Path other = folder.resolve("other");
        Restore.restore(backup, other);

        try (Stream<Path> all = Files.walk(other)) {
            for (Path one : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                        .as(one.toString())
                        .isEqualTo(Files.isDirectory(one) ? "rwx------" : "rw-------");
            }
        }
        assertThat(hasLeftOver()).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void the_store_stays_locked_against_other_processes_after_a_backup() throws Exception {
        collector.start(CollectorSettings.collector(data));
        send(ids(3));
        collector.awaitStored();
        Path store = data.resolve("events.duckdb");
        assertThat(isLocked(store)).isTrue();
        makeBackup();

        assertThat(isLocked(store)).isTrue();
    }

    private static boolean isLocked(Path file) throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        return Files.readAllLines(Path.of("/proc/locks")).stream().anyMatch(line -> line.contains(inode));
    }

    @Test
    void a_reader_that_goes_away_ends_the_backup_and_the_next_one_works() throws Exception {
        collector.start(CollectorSettings.collector(data));
        sendMegabytes(30);
        collector.awaitStored();
        try (Socket socket = new Socket("127.0.0.1", collector.port())) {
            socket.setReceiveBufferSize(4096);
            socket.getOutputStream()
                    .write("POST /micro/backup HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(4096)).startsWith("HTTP/1.1 200".getBytes(UTF_8));

            HttpResponse<InputStream> second = ask();
            assertThat(second.statusCode()).isEqualTo(409);
            assertThat(new String(second.body().readAllBytes(), UTF_8)).contains("another backup is being made");
            assertThat(hasLeftOver()).isTrue();
            // Processing continues while the files are sent.
            send(ids(1));
            collector.awaitStored();
        }
        await().atMost(LONG).until(() -> !hasLeftOver());
        await().atMost(LONG).until(() -> {
            HttpResponse<InputStream> answer = ask();
            try (InputStream in = answer.body()) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return answer.statusCode() == 200;
        });
        await().atMost(LONG).until(() -> !hasLeftOver());
    }

    /** Failed events whose stored requests cannot be compressed. */
    private void sendMegabytes(int megabytes) throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < megabytes; i++) {
            byte[] noise = new byte[1 << 20];
            random.nextBytes(noise);
            collector.post(TestCollector.TP2, noise);
        }
    }

    @Test
    void what_a_killed_process_left_of_a_backup_is_deleted_at_the_next_start() throws Exception {
        Path left = Files.createDirectories(data.resolve("backup-in-progress"));
        Files.writeString(left.resolve("events.duckdb"), "half of it");

        collector.start(CollectorSettings.collector(data));

        assertThat(left).doesNotExist();
    }

    @Test
    void a_backup_that_has_no_room_is_refused_with_what_it_needs_and_what_is_free() throws Exception {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=72m", "tmpfs", disk.toString()), "mounting needs root");
        try {
            data = disk.resolve("data");
            collector.start(CollectorSettings.collector(data));
            send(ids(3));
            collector.awaitStored();

            HttpResponse<String> answer = collector.post("/micro/backup", "");

            assertThat(answer.statusCode()).isEqualTo(507);
            assertThat(answer.body()).containsPattern("[0-9]+ bytes, and the file system of .* has [0-9]+ free");
            assertThat(hasLeftOver()).isFalse();
            send(ids(1));
            collector.awaitStored();
            collector.close();
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static boolean run(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    @Test
    void a_collector_in_memory_has_nothing_to_back_up() throws Exception {
        collector.start(CollectorSettings.micro());

        HttpResponse<String> answer = collector.post("/micro/backup", "");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("only in memory", "--data DIR");
    }

    @Test
    void a_backup_is_for_an_admin() throws Exception {
        collector.start(CollectorSettings.collector(data)
                .token("an admin's token of the tests")
                .readToken("a reader's token of the tests"));

        assertThat(collector.post("/micro/backup", "").statusCode()).isEqualTo(401);
        assertThat(collector
                        .send(collector
                                .to("/micro/backup")
                                .header("Authorization", "Bearer a reader's token of the tests")
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(403);
        assertThat(collector.get("/micro/backup").statusCode()).isEqualTo(405);
    }

    // Incomplete backups

    private byte[] small() throws Exception {
        collector.start(CollectorSettings.collector(data));
        send(ids(3));
        collector.awaitStored();
        makeBackup();
        return Files.readAllBytes(backup);
    }

    private void refuses(byte[] tar, String why) throws IOException {
        Path bad = Files.write(folder.resolve("bad.tar"), tar);
        Path other = folder.resolve("other");
        assertThatThrownBy(() -> Restore.restore(bad, other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
        assertThat(other).doesNotExist();
    }

    @Test
    void a_backup_that_is_cut_anywhere_is_refused_and_nothing_is_written() throws Exception {
        byte[] whole = small();
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            // The last bytes are only the padding of the tar.
            byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length - 2048));
            refuses(cut, "");
        }
        refuses(Arrays.copyOf(whole, whole.length / 2), "");
        refuses(new byte[0], "not a backup");
        refuses("something else".getBytes(UTF_8), "not a backup");
    }

    @Test
    void a_changed_byte_is_found() throws Exception {
        byte[] whole = small();
        assertThat(Arrays.equals(whole, rewritten(whole, entry -> entry.name))).isFalse();

        byte[] changed = whole.clone();
        changed[whole.length / 2] ^= 1;
        refuses(changed, "its SHA-256 is");
    }

    private interface Renaming {
        String name(Named entry);
    }

    private record Named(String name, byte[] bytes) {}

    /** Copies a backup with renamed entries; leaves out an entry without a new name. */
    private static byte[] rewritten(byte[] tar, Renaming renaming) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar));
                TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                String name = renaming.name(new Named(entry.getName(), content));
                if (name != null) {
                    TarArchiveEntry other = new TarArchiveEntry(name, true);
                    other.setSize(content.length);
                    out.putArchiveEntry(other);
                    out.write(content);
                    out.closeArchiveEntry();
                }
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void names_that_lead_elsewhere_are_refused() throws Exception {
        byte[] whole = small();
        for (String name :
                List.of("../events.duckdb", "/tmp/events.duckdb", "spool/../../id", "spool/x.segment", "lock")) {
            refuses(
                    rewritten(whole, entry -> entry.name().equals("spool/id") ? name : entry.name()),
                    "is not part of a backup");
        }
        refuses(rewritten(whole, entry -> entry.name().equals("spool/id") ? "events.duckdb" : entry.name()), "twice");
        assertThat(folder.resolve("events.duckdb")).doesNotExist();
        assertThat(Path.of("/tmp/events.duckdb")).doesNotExist();
    }

    @Test
    void a_missing_entry_is_found() throws Exception {
        byte[] whole = small();
        refuses(
                rewritten(whole, entry -> entry.name().equals("spool/id") ? null : entry.name()),
                "\"spool/id\" is missing");
        refuses(rewritten(whole, entry -> entry.name().equals("manifest.json") ? null : entry.name()), "not a backup");
        refuses(rewritten(whole, entry -> entry.name().equals("complete.json") ? null : entry.name()), "cut off");
    }

    @Test
    void a_folder_that_is_not_empty_is_left_as_it_is() throws Exception {
        small();
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("notes.txt"), "mine");

        assertThatThrownBy(() -> Restore.restore(backup, other))
                .hasMessageContaining("is not empty (it contains notes.txt)");
        assertThatThrownBy(() -> Restore.restore(backup, data)).hasMessageContaining("is not empty");

        assertThat(other.resolve("notes.txt")).hasContent("mine");
        Files.delete(other.resolve("notes.txt"));
        Restore.restore(backup, other);
        assertThat(other.resolve("events.duckdb")).exists();
        assertThat(other.resolve("restoring")).doesNotExist();
    }

    @Test
    void no_collector_starts_on_a_restore_that_was_not_finished_and_it_can_be_run_again() throws Exception {
        small();
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("restoring"), "");
        Files.writeString(other.resolve("events.duckdb"), "half of it");
        Files.createDirectories(other.resolve("spool"));
        Files.writeString(other.resolve("spool/id"), "half");

        assertThatThrownBy(() -> Collector.start(
                        CollectorSettings.collector(other).port(0).build()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was not finished; run it again");

        Restore.restore(backup, other);
        collector.close();
        collector.start(CollectorSettings.collector(other));
        collector.awaitStored();
        assertThat(stored()).hasSize(3);
    }

    @Test
    void frames_that_were_safe_are_in_copies_of_a_spools_extents() throws Exception {
        Path from = folder.resolve("from");
        Path to = Files.createDirectories(folder.resolve("to"));
        List<String> safe = new ArrayList<>();
        try (Spool spool = Spool.open(from, SpoolSettings.DEFAULTS.withSegmentBytes(4096))) {
            for (int i = 0; i < 500; i++) {
                byte[] frame = ("frame " + i).getBytes(UTF_8);
                spool.append(frame, 0, frame.length);
                safe.add("frame " + i);
            }
            for (var extent : spool.extents()) {
                byte[] bytes = Files.readAllBytes(extent.file());
                Files.write(to.resolve(extent.file().getFileName()), Arrays.copyOf(bytes, (int) extent.bytes()));
            }
        }
        List<String> read = new ArrayList<>();
        try (Spool spool = Spool.open(to, SpoolSettings.DEFAULTS.withSegmentBytes(4096))) {
            for (byte[] next = spool.reader().next();
                    next != null;
                    next = spool.reader().next()) {
                read.add(new String(next, UTF_8));
            }
            assertThat(spool.recovery().damaged()).isZero();
        }
        assertThat(read).isEqualTo(safe);
    }
}
