package dev.internalevents.client.internal.emitter;

import dev.internalevents.protocol.Printable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;

/**
 * Logs events that will not be delivered, by name: the first at once, further ones of the same minute together, so that
 * a full outbox does not flood the log. Safe for use by several threads.
 */
final class UndeliveredLog {

    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MAX_NAMES = 200;
    private static final int MAX_REASONS = 100;

    private final Logger log;
    private final EventKind kind;
    private final long quietNanos;
    private final Map<String, Pending> pending = new HashMap<>();

    UndeliveredLog(Logger log) {
        this(log, EventKind.INTERNAL, QUIET);
    }

    UndeliveredLog(Logger log, EventKind kind) {
        this(log, kind, QUIET);
    }

    UndeliveredLog(Logger log, Duration quiet) {
        this(log, EventKind.INTERNAL, quiet);
    }

    private UndeliveredLog(Logger log, EventKind kind, Duration quiet) {
        this.log = log;
        this.kind = kind;
        this.quietNanos = quiet.toNanos();
    }

    /** The names for one reason that are not logged yet, and the time when they are. */
    private static final class Pending {
        private final Map<String, Integer> names = new TreeMap<>();
        private long quietUntil;
    }

    /**
     * Logs the event, or stores it to be logged later.
     *
     * @param rawReason a short text, one of few
     * @param rawName the event's name, which is untrusted
     */
    synchronized void add(String rawReason, String rawName) {
        String text = Printable.of(rawReason);
        String eventName = Printable.of(rawName);
        String reason = pending.size() < MAX_REASONS || pending.containsKey(text) ? text : "(other reasons)";
        Pending known = pending.get(reason);
        boolean first = known == null;
        Pending of = known == null ? new Pending() : known;
        Map<String, Integer> names = of.names;
        names.merge(names.size() < MAX_NAMES || names.containsKey(eventName) ? eventName : "(others)", 1, Integer::sum);
        if (first) {
            pending.put(reason, of);
            of.quietUntil = System.nanoTime() + quietNanos;
            write(reason, names);
        }
    }

    /** Logs the stored events of each reason whose minute is over. */
    synchronized void tick() {
        long now = System.nanoTime();
        pending.entrySet().removeIf(entry -> {
            Pending of = entry.getValue();
            if (now - of.quietUntil < 0) {
                return false;
            }
            boolean nothingNew = of.names.isEmpty();
            write(entry.getKey(), of.names);
            of.quietUntil = now + quietNanos;
            return nothingNew;
        });
    }

    /** Logs all stored events. */
    synchronized void flush() {
        pending.forEach((reason, of) -> write(reason, of.names));
    }

    private void write(String reason, Map<String, Integer> names) {
        if (!names.isEmpty()) {
            int total = names.values().stream().mapToInt(Integer::intValue).sum();
            StringBuilder list = new StringBuilder();
            names.forEach((name, count) ->
                    list.append(list.isEmpty() ? "" : ", ").append(name).append(count == 1 ? "" : " ×" + count));
            log.warn("{} {}(s) not delivered: {}: {}", total, kind.words(), reason, list);
            names.clear();
        }
    }
}
