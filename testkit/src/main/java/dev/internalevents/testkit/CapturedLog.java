package dev.internalevents.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Captures the lines that a logger and those below it write, until it is closed. */
public final class CapturedLog implements AutoCloseable {

    private final Logger logger;
    private final @Nullable Level before;
    private final Lines appender = new Lines();

    private static final class Lines extends AppenderBase<ILoggingEvent> {

        private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    }

    private CapturedLog(Logger logger) {
        this.logger = logger;
        before = logger.getLevel();
        appender.start();
        logger.addAppender(appender);
    }

    /** Captures what one class logs at INFO and above. */
    public static CapturedLog of(Class<?> source) {
        return of(source.getName()).at(Level.INFO);
    }

    /**
     * Captures what a logger writes at its present level.
     *
     * @param name of a class, a package, or {@code ROOT}
     */
    public static CapturedLog of(String name) {
        return new CapturedLog((Logger) LoggerFactory.getLogger(name));
    }

    /** Changes the level until this is closed; null for that of the parent. */
    public CapturedLog at(@Nullable Level level) {
        logger.setLevel(level);
        return this;
    }

    /** Returns the lines, for example {@code INFO Internal events are …}. */
    public List<String> lines() {
        return events().stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Returns the messages without their levels. */
    public List<String> messages() {
        return events().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** Returns what was logged, with exceptions and parameters. */
    public List<ILoggingEvent> events() {
        return List.copyOf(appender.events);
    }

    /** Forgets what was logged so far. */
    public void clear() {
        appender.events.clear();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(before);
    }
}
