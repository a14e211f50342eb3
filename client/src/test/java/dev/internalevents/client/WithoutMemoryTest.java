package dev.internalevents.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.internalevents.client.delivery.ClientStats;
import dev.internalevents.testkit.ChildJvm;
import dev.internalevents.testkit.FakeCollector;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Running out of memory, or losing a page on disk, loses only the events that it affects. */
@Tag("slow")
class WithoutMemoryTest {

    private static final String RESULT = "result: ";

    @TempDir
    private Path folder;

    @AutoClose
    private final FakeCollector sink = new FakeCollector();

    @ParameterizedTest
    @ValueSource(strings = {"", "outbox"})
    void an_event_that_memory_has_no_room_for_does_not_hold_up_the_others(String outbox) throws Exception {
        String stats =
                run(Large.class, outbox.isEmpty() ? "" : folder.resolve(outbox).toString());
        assertThat(stats).startsWith("true tracked=6 held=0 sum=6");
        assertThat(sink.takenNames()).contains("small0", "small1", "small2", "small3", "small4");
    }

    @Test
    void a_client_whose_outbox_is_cut_while_it_is_in_use_says_so_and_goes_on_in_memory() throws Exception {
        String stats = run(Cut.class, folder.resolve("outbox").toString());
        assertThat(stats).startsWith("true").contains("local disk");
        assertThat(sink.takenNames()).as(stats).contains("before", "long_after");
    }

    /** Returns the line of the class with its result; the others are its log. */
    private String run(Class<?> main, String outbox) throws Exception {
        return ChildJvm.linesOf(ChildJvm.of(List.of("-Xmx64m"), main, sink.url().toString(), outbox)).stream()
                .filter(line -> line.startsWith(RESULT))
                .map(line -> line.substring(RESULT.length()))
                .findFirst()
                .orElse("");
    }

    private static InternalEventsClient client(String[] arguments) {
        InternalEventsClientBuilder builder = InternalEventsClient.builder()
                .endpoint(URI.create(arguments[0]))
                .queueBytes(1L << 30);
        return arguments[1].isEmpty()
                ? builder.build()
                : builder.outbox(Path.of(arguments[1])).build();
    }

    /** One event that takes most of the heap, and five small ones. */
    static final class Large {
        public static void main(String[] arguments) {
            InternalEventsClient client = client(arguments);
            client.event("large").label("x".repeat(40 << 20)).track();
            for (int i = 0; i < 5; i++) {
                client.trackEvent("small" + i);
            }
            boolean flushed = client.flush(Duration.ofSeconds(30));
            ClientStats stats = client.stats();
            System.out.println(RESULT + flushed + " tracked=" + stats.tracked() + " held=" + stats.held() + " sum="
                    + (stats.delivered() + stats.rejected() + stats.dropped()));
            System.exit(0);
        }
    }

    /** A file of the outbox is truncated while it is in use. */
    static final class Cut {
        public static void main(String[] arguments) throws Exception {
            InternalEventsClient client = client(arguments);
            client.trackEvent("before");
            boolean flushed = client.flush(Duration.ofSeconds(30));
            try (var files = Files.newDirectoryStream(Path.of(arguments[1]), "*.segment")) {
                for (Path file : files) {
                    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.truncate(0);
                    }
                }
            }
            // The JVM reports a missing page somewhere in the thread that accessed it, perhaps outside the client: such
            // a thread may end at any call.
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            Thread touching = new Thread(() -> {
                while (client.outboxFailure() == null && System.nanoTime() < end) {
                    client.trackEvent("while_it_is_cut");
                    LockSupport.parkNanos(50_000_000);
                }
            });
            touching.start();
            touching.join();
            while (!said(client).contains("local disk") && System.nanoTime() < end) {
                LockSupport.parkNanos(50_000_000);
            }
            client.trackEvent("long_after");
            flushed &= client.flush(Duration.ofSeconds(30));
            ClientStats stats = client.stats();
            System.out.println(RESULT + flushed + " " + stats + " " + client.outboxFailure());
            System.exit(0);
        }

        private static String said(InternalEventsClient client) {
            return String.valueOf(client.outboxFailure());
        }
    }
}
