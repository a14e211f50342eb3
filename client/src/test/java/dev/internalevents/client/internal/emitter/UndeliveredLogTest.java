package dev.internalevents.client.internal.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UndeliveredLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(UndeliveredLogTest.class);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    UndeliveredLogTest() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage());
            }
        };
        appender.start();
        logger.addAppender(appender);
    }

    @Test
    void the_first_is_logged_at_once_and_the_rest_together_by_name() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofHours(1));
        log.add("the queue is full", "a");
        log.add("the queue is full", "a");
        log.add("the queue is full", "b");
        log.add("the queue is full", "a");
        assertThat(lines).containsExactly("1 event(s) not delivered: the queue is full: a");

        log.flush();
        log.flush();
        assertThat(lines)
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
            return lines.contains("1 event(s) not delivered: closed: b");
        });
    }

    @Test
    void made_up_names_do_not_fill_the_memory() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofHours(1));
        for (int i = 0; i < 10_001; i++) {
            log.add("closed", "name_" + i);
        }
        log.flush();

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).startsWith("10000 event(s)").contains("(others) ×9800");
    }

    @Test
    void a_name_cannot_forge_a_line() {
        UndeliveredLog log = new UndeliveredLog(logger, Duration.ofHours(1));
        log.add("not read (java.lang.Error: a\nb)", "late\r\nINFO forged line");

        assertThat(lines)
                .containsExactly(
                        "1 event(s) not delivered: not read (java.lang.Error: a\\nb): late\\r\\nINFO forged line");
    }
}
