package dev.internalevents.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thread that is interrupted repeatedly appends like any other, and stays interrupted. */
class InterruptedAppenderTest {

    private static final int FRAMES = 400;

    @TempDir
    private Path folder;

    static Stream<Durability> durabilities() {
        return Stream.of(Durability.process(), Durability.disk());
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void an_interrupt_at_any_moment_loses_no_frame(Durability durability) throws Exception {
        SpoolSettings settings = SpoolSettings.DEFAULTS.withSegmentBytes(4096).withDurability(durability);
        CompletableFuture<Boolean> appended = new CompletableFuture<>();
        try (Spool spool = Spool.open(folder, settings)) {
            byte[] frame = "x".repeat(400).getBytes(StandardCharsets.US_ASCII);
            Thread appender = new Thread(() -> {
                boolean all = true;
                for (int i = 0; i < FRAMES; i++) {
                    all &= spool.append(frame, 0, frame.length) == Appended.YES;
                }
                appended.complete(all);
            });
            appender.start();
            while (appender.isAlive()) {
                appender.interrupt();
                Thread.onSpinWait();
            }
            assertThat(appended.join()).isTrue();
            assertThat(spool.state()).isInstanceOf(SpoolState.Ready.class);
        }
        try (Spool spool = Spool.open(folder, settings)) {
            assertThat(spool.recovery().whole()).isEqualTo(FRAMES);
            assertThat(spool.recovery().damages()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("durabilities")
    void an_interrupted_thread_opens_a_spool_and_stays_interrupted(Durability durability) throws Exception {
        Thread.currentThread().interrupt();
        try (Spool spool = Spool.open(folder, SpoolSettings.DEFAULTS.withDurability(durability))) {
            assertThat(spool.state()).isInstanceOf(SpoolState.Ready.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
