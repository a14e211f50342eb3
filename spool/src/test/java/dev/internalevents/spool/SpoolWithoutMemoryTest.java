package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool's threads survive a lack of memory and listeners that throw, so no caller waits indefinitely. */
@Tag("slow")
class SpoolWithoutMemoryTest {

    private static final SpoolSettings SMALL = new SpoolSettings(4096, 1 << 20, Durability.disk());
    private static final byte[] FRAME = "frame".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void frames_are_stored_again_once_there_is_memory() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starves.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // A child that hangs fails the test.
        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(child::destroyForcibly);
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        child.waitFor();
        assertThat(output.lines()).contains("starved").endsWith("YES");
    }

    @Test
    void every_listener_is_called_once_whatever_another_throws() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch remaining = new CountDownLatch(30);
        try (Spool spool = Spool.open(folder, SMALL)) {
            for (int i = 0; i < 10; i++) {
                for (Error error : List.of(new OutOfMemoryError("a test"), new AssertionError("a test"))) {
                    spool.append(FRAME, 0, FRAME.length, safe -> {
                        calls.incrementAndGet();
                        remaining.countDown();
                        throw error;
                    });
                }
                spool.append(FRAME, 0, FRAME.length, safe -> {
                    calls.incrementAndGet();
                    remaining.countDown();
                });
            }
            assertThat(remaining.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(spool.append(FRAME, 0, FRAME.length)).isEqualTo(Appended.YES);
            assertThat(spool.state()).isInstanceOf(SpoolState.Ready.class);
        }
        assertThat(calls).hasValue(30);
    }

    /** Fills the heap while two threads append, and appends once more after it was emptied. */
    static final class Starves {

        private static final int STARVED = 20;

        private Starves() {}

        public static void main(String[] arguments) throws Exception {
            Spool spool = Spool.open(Path.of(arguments[0]), SMALL);
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> appenders = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Thread appender = new Thread(() -> {
                    while (!over.get()) {
                        try {
                            if (spool.append(FRAME, 0, FRAME.length) != Appended.YES) {
                                LockSupport.parkNanos(1_000_000);
                            }
                        } catch (OutOfMemoryError e) {
                            // Repeats while the heap is full.
                        }
                    }
                });
                appender.start();
                appenders.add(appender);
            }
            for (int round = 0; round < STARVED; round++) {
                fill();
            }
            over.set(true);
            for (Thread appender : appenders) {
                appender.join();
            }
            System.out.println("starved");
            // The spool checks once a second whether it can write again.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            Appended appended = spool.append(FRAME, 0, FRAME.length);
            while (appended != Appended.YES && System.nanoTime() < end) {
                LockSupport.parkNanos(10_000_000);
                drain(spool);
                appended = spool.append(FRAME, 0, FRAME.length);
            }
            System.out.println(appended);
            System.exit(0);
        }

        /** Empties the spool so that it does not become full. */
        private static void drain(Spool spool) {
            while (spool.reader().next() != null) {
                spool.reader().commit(spool.reader().mark());
            }
        }

        private static void fill() {
            List<byte[]> ballast = new ArrayList<>();
            for (int size = 1 << 20; size > 32; size /= 2) {
                try {
                    while (true) {
                        ballast.add(new byte[size]);
                    }
                } catch (OutOfMemoryError e) {
                    // Smaller arrays still fit.
                }
            }
        }
    }
}
