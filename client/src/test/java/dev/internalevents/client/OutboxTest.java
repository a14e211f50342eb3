package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.internalevents.client.delivery.DropReason;
import dev.internalevents.testkit.ChildJvm;
import dev.internalevents.testkit.FakeCollector;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events queued in a folder: what they survive, and what happens if the folder cannot be used. */
@Tag("slow")
class OutboxTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int KILLS = Integer.getInteger("outbox.kills", 3);
    private static final URI NOBODY = URI.create("http://127.0.0.1:1");

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @Test
    void what_a_closed_client_could_not_send_is_sent_after_the_next_start() {
        InternalEventsClient first = client().endpoint(NOBODY).build();
        IntStream.range(0, 100).forEach(i -> first.trackEvent("e" + i));
        assertThat(first.close(Duration.ZERO)).isEqualTo(100);
        assertThat(first.stats())
                .matches(stats -> stats.tracked() == 100 && stats.held() == 100 && stats.dropped() == 0);

        try (InternalEventsClient second = client().build()) {
            second.trackEvent("new");
            assertThat(second.flush(LONG)).isTrue();
            assertThat(second.stats())
                    .matches(stats -> stats.tracked() == 101 && stats.delivered() == 101 && stats.held() == 0);
        }
        assertThat(sink.takenNames())
                .isEqualTo(Stream.concat(IntStream.range(0, 100).mapToObj(i -> "e" + i), Stream.of("new"))
                        .toList());
        // Delivered events are not sent again.
        try (InternalEventsClient third = client().build()) {
            assertThat(third.stats().tracked()).isZero();
        }
    }

    @Test
    void an_outbox_that_is_deleted_while_it_is_in_use_is_written_again_with_all_that_waits() throws Exception {
        InternalEventsClient client = client().endpoint(NOBODY).build();
        IntStream.range(0, 1_000).forEach(i -> client.trackEvent("before" + i));
        delete(outbox());
        IntStream.range(0, 2_000).forEach(i -> client.trackEvent("after" + i));
        await().atMost(LONG).until(() -> Files.exists(outbox()) && client.outboxFailure() == null);
        client.trackEvent("last");
        assertThat(client.close(Duration.ZERO)).isEqualTo(3_001);
        assertThat(client.stats().dropped()).isZero();

        try (InternalEventsClient second = client().build()) {
            assertThat(second.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).hasSize(3_001).contains("before0", "before999", "after0", "after1999", "last");
    }

    @Test
    void an_outbox_that_is_killed_after_it_was_deleted_and_written_again_loses_nothing() throws Exception {
        InternalEventsClient client = client().endpoint(NOBODY).build();
        IntStream.range(0, 500).forEach(i -> client.trackEvent("e" + i));
        delete(outbox());
        await().atMost(LONG).until(() -> client.outboxFailure() != null);
        assertThat(client.outboxFailure()).contains("was deleted while it was in use");
        await().atMost(LONG).until(() -> client.outboxFailure() == null);
        // The files as they are now, as a kill would leave them.
        Path copy = folder.resolve("copy");
        Files.createDirectory(copy);
        try (Stream<Path> files = Files.list(outbox())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }

        try (InternalEventsClient second =
                InternalEventsClient.builder().endpoint(sink.url()).outbox(copy).build()) {
            assertThat(second.stats().tracked()).isEqualTo(500);
            assertThat(second.flush(LONG)).isTrue();
        }
        assertThat(new HashSet<>(sink.takenNames())).hasSize(500);
        client.close(Duration.ZERO);
    }

    @Test
    void what_cannot_be_written_again_is_counted_as_dropped() throws Exception {
        InternalEventsClient client = client().endpoint(NOBODY).build();
        IntStream.range(0, 100).forEach(i -> client.trackEvent("e" + i));
        delete(outbox());
        Files.writeString(outbox(), "a file in the place of the folder");
        await().atMost(LONG).until(() -> client.outboxFailure() != null);

        client.close(Duration.ZERO);

        assertThat(client.stats())
                .matches(stats -> stats.dropped() == 100 && stats.held() == 0 && stats.tracked() == 100);
        assertThat(client.drops().get(DropReason.LEFT_AT_CLOSE))
                .containsEntry("e0", 1L)
                .hasSize(100);
    }

    @Test
    void a_client_that_gets_its_outbox_late_keeps_in_it_what_waited_in_memory() throws Exception {
        InternalEventsClient first = client().endpoint(NOBODY).build();
        InternalEventsClient late = client().endpoint(NOBODY).build();
        IntStream.range(0, 100).forEach(i -> first.trackEvent("first" + i));
        IntStream.range(0, 100).forEach(i -> late.trackEvent("late" + i));
        assertThat(late.outboxFailure()).contains("in use");
        assertThat(first.close(Duration.ZERO)).isEqualTo(100);
        await().atMost(LONG).until(() -> late.outboxFailure() == null);

        assertThat(late.close(Duration.ZERO)).isEqualTo(200);
        assertThat(late.stats())
                .matches(stats -> stats.dropped() == 0 && stats.held() == 200 && stats.spooled() == 200);

        try (InternalEventsClient next = client().build()) {
            assertThat(next.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).hasSize(200).contains("first0", "first99", "late0", "late99");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Test
    void a_killed_process_loses_no_event_whose_call_had_returned() throws Exception {
        Set<String> returned = new HashSet<>();
        for (int round = 0; round < KILLS; round++) {
            int asked = 200 + 150 * (round % 5);
            Process child = java(Tracks.class, sink.url().toString(), outbox().toString(), "round" + round);
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                int lines = 0;
                // Only complete lines that were printed before the end.
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.startsWith("round") && line.endsWith(".")) {
                        returned.add(line);
                    }
                    if (++lines == asked) {
                        child.toHandle().destroyForcibly();
                    }
                }
            }
            child.waitFor();
        }
        try (InternalEventsClient last = client().build()) {
            assertThat(last.flush(LONG)).isTrue();
        }
        assertThat(returned).hasSizeGreaterThan(1_000);
        assertThat(new HashSet<>(sink.takenNames())).containsAll(returned);
    }

    @Test
    void a_folder_that_another_process_has_is_named_with_its_pid_and_events_wait_in_memory() throws Exception {
        Process child = java(Tracks.class, sink.url().toString(), outbox().toString(), "first");
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isNotNull();
            try (InternalEventsClient second = client().build()) {
                assertThat(second.outboxFailure())
                        .contains(outbox().toString())
                        .contains("is in use by process " + child.pid());
                second.trackEvent("in_memory");
                assertThat(second.flush(LONG)).isTrue();
                assertThat(second.stats().delivered()).isEqualTo(1);

                child.toHandle().destroyForcibly();
                await().atMost(LONG).until(() -> second.outboxFailure() == null);
                second.trackEvent("on_disk");
                assertThat(second.flush(LONG)).isTrue();
            }
        } finally {
            child.toHandle().destroyForcibly();
        }
        assertThat(sink.takenNames()).contains("in_memory", "on_disk");
    }

    @Test
    void a_client_that_was_refused_leaves_the_folder_to_the_next() {
        assertThatThrownBy(() -> client().header("no good", "x").build()).isInstanceOf(IllegalArgumentException.class);
        try (InternalEventsClient next = client().build()) {
            assertThat(next.outboxFailure()).isNull();
        }
    }

    @Test
    void a_folder_that_cannot_be_made_is_no_reason_to_throw() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        try (InternalEventsClient client = InternalEventsClient.builder()
                .endpoint(sink.url())
                .outbox(file.resolve("outbox"))
                .build()) {
            assertThat(client.outboxFailure()).contains(file.toString());
            client.trackEvent("e");
            assertThat(client.flush(LONG)).isTrue();
        }
        assertThat(sink.takenNames()).containsExactly("e");
    }

    @Test
    void a_folder_that_vanishes_is_made_again_and_what_follows_is_kept_there() throws Exception {
        sink.answer(events -> 503);
        try (InternalEventsClient client = client().build()) {
            client.trackEvent("before");
            try (Stream<Path> files = Files.list(outbox())) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(outbox());
            await().atMost(LONG).until(() -> Files.exists(outbox()));
            client.trackEvent("after");
            sink.answer(events -> 200);
            assertThat(client.flush(LONG)).isTrue();
            assertThat(client.stats()).matches(stats -> stats.tracked() == stats.delivered());
        }
        assertThat(sink.takenNames()).containsExactly("before", "after");
    }

    @Test
    void a_damaged_segment_is_set_aside_and_the_rest_is_sent() throws Exception {
        InternalEventsClient first = client().endpoint(NOBODY).build();
        IntStream.range(0, 10).forEach(i -> first.trackEvent("e" + i));
        first.close(Duration.ZERO);
        Path segment = segments().get(0);
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(200);
            int before = file.read();
            file.seek(200);
            file.write(before ^ 1);
        }
        try (InternalEventsClient second = client().build()) {
            assertThat(second.flush(LONG)).isTrue();
            assertThat(second.stats().tracked()).isEqualTo(9);
        }
        assertThat(sink.takenNames()).hasSize(9);
        assertThat(Path.of(segment + ".damaged")).exists();
    }

    @Test
    void a_jvm_that_ends_sends_what_is_held_unless_told_not_to() throws Exception {
        assertThat(java(Ends.class, sink.url().toString(), "true").waitFor()).isZero();
        assertThat(sink.takenNames()).containsExactly("last_words");
        assertThat(java(Ends.class, sink.url().toString(), "false").waitFor()).isZero();
        assertThat(sink.takenNames()).hasSize(1);
    }

    private Path outbox() {
        return folder.resolve("outbox");
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(outbox())) {
            return files.filter(file -> file.toString().endsWith(".segment")).toList();
        }
    }

    private InternalEventsClientBuilder client() {
        return InternalEventsClient.builder()
                .endpoint(sink.url())
                .outbox(outbox())
                .batchSize(50)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(50));
    }

    private static Process java(Class<?> main, String... arguments) throws IOException {
        return ChildJvm.of(main, arguments)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Tracks until it is killed, and prints each name after its call has returned. */
    static final class Tracks {
        public static void main(String[] arguments) {
            InternalEventsClient client = InternalEventsClient.builder()
                    .endpoint(URI.create(arguments[0]))
                    .outbox(Path.of(arguments[1]))
                    .batchSize(20)
                    .build();
            for (int t = 0; t < 4; t++) {
                String prefix = arguments[2] + ":" + t + ":";
                new Thread(() -> {
                            for (int i = 0; ; i++) {
                                client.trackEvent(prefix + i + ".");
                                System.out.println(prefix + i + ".");
                            }
                        })
                        .start();
            }
        }
    }

    /** Tracks one event that would wait for more, and exits. */
    static final class Ends {
        public static void main(String[] arguments) {
            InternalEventsClient.builder()
                    .endpoint(URI.create(arguments[0]))
                    .batchSize(100)
                    .linger(Duration.ofMinutes(1))
                    .shutdownHook(Boolean.parseBoolean(arguments[1]))
                    .build()
                    .trackEvent("last_words");
        }
    }
}
