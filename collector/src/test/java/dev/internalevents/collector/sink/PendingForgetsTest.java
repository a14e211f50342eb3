package dev.internalevents.collector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.internalevents.pipeline.Persons;
import dev.internalevents.store.SinkException;
import dev.internalevents.store.SinkForget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to forget persons that wait for the lake. */
class PendingForgetsTest {

    private static final SinkForget REQUEST = new SinkForget(
            UUID.randomUUID(),
            17,
            Instant.parse("2026-11-27T12:00:00.123Z"),
            new Persons(Set.of("4711", "\"quoted\" ü"), Set.of("global")),
            Set.of(3L, 9L, Long.MAX_VALUE));

    @TempDir
    private Path data;

    private Path file() {
        return data.resolve(PendingForgets.FILE);
    }

    @Test
    void requests_are_known_to_the_next_process_with_how_far_they_are() {
        PendingForgets first = new PendingForgets(data);
        first.add(REQUEST);
        first.add(REQUEST);
        PendingForgets.Pending one = first.all().get(0);
        assertThat(one.isOfThisProcess()).isTrue();
        Instant now = Instant.parse("2026-11-27T13:00:00Z");
        first.set(one.removed("good=1 failed=2", now));

        PendingForgets next = new PendingForgets(data);

        assertThat(next.count()).isEqualTo(2);
        PendingForgets.Pending again = next.all().get(0);
        assertThat(again).isEqualTo(new PendingForgets.Pending(1, REQUEST, false, "good=1 failed=2", now));
        assertThat(next.all().get(1)).isEqualTo(new PendingForgets.Pending(2, REQUEST, false, null, null));
    }

    @Test
    void nothing_is_left_on_the_disk_of_a_request_that_was_carried_out() throws IOException {
        PendingForgets forgets = new PendingForgets(data);
        forgets.add(REQUEST);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");

        forgets.done(forgets.all().get(0));

        assertThat(forgets.count()).isZero();
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void a_file_that_a_kill_left_half_written_is_not_a_request() throws IOException {
        new PendingForgets(data).add(REQUEST);
        Files.writeString(data.resolve(PendingForgets.FILE + ".new"), "{\"collec");

        assertThat(new PendingForgets(data).count()).isEqualTo(1);
    }

    @Test
    void a_damaged_file_is_named_with_what_to_do_and_without_its_content() throws IOException {
        new PendingForgets(data).add(REQUEST);
        for (String text : List.of("x", "{}", "[4711]", "{\"collector\":\"4711\"}", "{\"collector\":")) {
            Files.writeString(file(), text);

            assertThatThrownBy(() -> new PendingForgets(data))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("lake-forget is damaged")
                    .hasMessageContaining("delete the file")
                    .hasMessageNotContaining("4711");
        }
    }

    @Test
    void requests_beyond_the_limit_are_refused_and_nothing_is_written() {
        Set<Long> numbers =
                LongStream.range(1_000_000_000_000L, 1_000_000_900_000L).boxed().collect(Collectors.toSet());
        SinkForget large = new SinkForget(REQUEST.collector(), 1, REQUEST.asked(), REQUEST.persons(), numbers);
        PendingForgets forgets = new PendingForgets(data);
        forgets.add(large);
        forgets.add(large);

        assertThatThrownBy(() -> forgets.add(large))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("nothing was removed");

        assertThat(forgets.count()).isEqualTo(2);
        assertThat(new PendingForgets(data).count()).isEqualTo(2);
    }
}
