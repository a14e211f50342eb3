package dev.internalevents.client.emitter;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;

/**
 * Logs events that will not be delivered, by name: the first at once, those that follow within ten seconds together,
 * so that a full queue does not fill the log too. Safe for use by several threads.
 */
final class UndeliveredLog {

    private static final long QUIET_NANOS = 10_000_000_000L;
    private static final int MAX_NAMES = 200;

    private final Logger log;
    private final Map<String, Map<String, Integer>> pending = new TreeMap<>();
    private final Map<String, Long> quietUntil = new TreeMap<>();

    UndeliveredLog(Logger log) {
        this.log = log;
    }

    /** @param reason a short sentence, one of few */
    synchronized void add(String reason, String eventName) {
        Map<String, Integer> names = pending.computeIfAbsent(reason, r -> new TreeMap<>());
        names.merge(names.size() < MAX_NAMES || names.containsKey(eventName) ? eventName : "(others)", 1, Integer::sum);
        Long until = quietUntil.get(reason);
        if (until == null || System.nanoTime() - until >= 0) {
            write(reason, names);
            quietUntil.put(reason, System.nanoTime() + QUIET_NANOS);
        }
    }

    /** Logs what is left to log. */
    synchronized void flush() {
        pending.forEach(this::write);
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
