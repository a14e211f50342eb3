package dev.internalevents.client.internal.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.internalevents.testkit.CapturedLog;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class UndeliveredLogTest {

    private final Logger logger = LoggerFactory.getLogger(UndeliveredLogTest.class);
    private final CapturedLog captured = CapturedLog.of(UndeliveredLogTest.class);

    @AfterEach
    void stop() {
        captured.close();
    }

    @Test
    void the_first_is_logged_at_once_and_the_rest_together_by_name() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofHours(1));
        log.add("the queue is full", "a");
        log.add("the queue is full", "a");
        log.add("the queue is full", "b");
        log.add("the queue is full", "a");
        assertThat(captured.messages()).containsExactly("1 event(s) not delivered: the queue is full: a");

        log.flush();
        log.flush();
        assertThat(captured.messages())
                .containsExactly(
                        "1 event(s) not delivered: the queue is full: a",
                        "3 event(s) not delivered: the queue is full: a ×2, b");
    }

    @Test
    void the_rest_is_logged_after_a_while() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofMillis(200));
        log.add("closed", "a");
        log.add("closed", "b");

        await().until(() -> {
            log.tick();
            return captured.messages().contains("1 event(s) not delivered: closed: b");
        });
    }

    @Test
    void made_up_names_do_not_fill_the_memory() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofHours(1));
        for (int i = 0; i < 10_001; i++) {
            log.add("closed", "name_" + i);
        }
        log.flush();

        assertThat(captured.messages()).hasSize(2);
        assertThat(captured.messages().get(1)).startsWith("10000 event(s)").contains("(others) ×9800");
    }

    @Test
    void a_name_cannot_forge_a_line() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofHours(1));
        log.add("not read (java.lang.Error: a\nb)", "late\r\nINFO forged line");

        assertThat(captured.messages())
                .containsExactly(
                        "1 event(s) not delivered: not read (java.lang.Error: a\\nb): late\\r\\nINFO forged line");
    }
}
