package dev.internalevents.client.emitter;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Logs events that will not be delivered, by name: the first at once, those that follow within ten seconds together,
 * so that a full queue does not fill the log too. Safe for use by several threads.
 */
final class UndeliveredLog {

    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final int MAX_NAMES = 200;

    private final Logger log;
    private final Duration quiet;
    private final Map<String, Map<String, Integer>> pending = new TreeMap<>();
    private final Set<String> quietReasons = new HashSet<>();

    UndeliveredLog(Logger log) {
        this(log, QUIET);
    }

    UndeliveredLog(Logger log, Duration quiet) {
        this.log = log;
        this.quiet = quiet;
    }

    /** Logs the event, or notes it for later; the reason is a short sentence, one of few. */
    synchronized void add(String reason, String eventName) {
        Map<String, Integer> names = pending.computeIfAbsent(reason, r -> new TreeMap<>());
        names.merge(names.size() < MAX_NAMES || names.containsKey(eventName) ? eventName : "(others)", 1, Integer::sum);
        if (quietReasons.add(reason)) {
            write(reason, names);
            // The JDK's own timer: one that is shared, and that keeps no process alive.
            CompletableFuture.delayedExecutor(quiet.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> endQuiet(reason));
        }
    }

    /** Logs what is left to log. */
    synchronized void flush() {
        pending.forEach(this::write);
    }

    private synchronized void endQuiet(String reason) {
        quietReasons.remove(reason);
        Map<String, Integer> names = pending.remove(reason);
        if (names != null) {
            write(reason, names);
        }
    }

    private void write(String reason, Map<String, Integer> names) {
        if (!names.isEmpty()) {
            int total = names.values().stream().mapToInt(Integer::intValue).sum();
            StringBuilder list = new StringBuilder();
            names.forEach((name, count) ->
                    list.append(list.isEmpty() ? "" : ", ").append(name).append(count == 1 ? "" : " ×" + count));
            log.warn("{} event(s) not delivered: {}: {}", total, reason, list);
            names.clear();
        }
    }
}
