package dev.internalevents.collector.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IntakeLoadTest {

    private final IntakeLoad load = new IntakeLoad();

    @Test
    void processing_rests_while_many_senders_wait_and_goes_on_when_they_are_answered() throws Exception {
        assertThat(load.isHigh()).isFalse();
        for (int i = 0; i < 15; i++) {
            load.begin();
        }
        assertThat(load.isHigh()).isFalse();

        Thread senders = new Thread(() -> {
            // Send continuously, as under load.
            while (!Thread.currentThread().isInterrupted()) {
                load.begin();
                load.end();
            }
        });
        senders.start();
        // A rest ends early if the machine leaves the senders no time to run.
        AtomicReference<Thread> processing = new AtomicReference<>(rest());
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1)).until(() -> {
            if (!processing.get().isAlive()) {
                processing.set(rest());
            }
            return processing.get().getState() == Thread.State.TIMED_WAITING;
        });
        senders.interrupt();
        senders.join();

        processing.get().join();
        assertThat(load.isHigh()).isFalse();
    }

    /** Returns a thread that rests after a day of work. */
    private Thread rest() {
        Thread thread = new Thread(() -> load.restAfter(Duration.ofDays(1).toNanos() / 20));
        thread.start();
        return thread;
    }
}
