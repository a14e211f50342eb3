package dev.internalevents.client.definitions;

import dev.internalevents.client.EventDetails;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each kind of problem with events once and counts it. Names in events are untrusted, so the number and length of
 * kinds are limited. Safe for use by several threads.
 */
final class Problems {

    static final int MAX_KINDS = 1_000;

    /** Everything beyond the limit is counted under this name. */
    static final String OTHERS = "(others)";

    private static final Logger LOG = LoggerFactory.getLogger(DefinedEvents.class);
    private static final int SHOWN = 100;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\u2028\\u2029]");

    private final Map<String, LongAdder> kinds = new ConcurrentHashMap<>();
    private final Map<String, Map<String, LongAdder>> notSent = new ConcurrentHashMap<>();
    private final LongAdder properties = new LongAdder();

    /**
     * Counts a problem.
     *
     * @param outcome what happens to the event, for the log line
     */
    void note(String message, String outcome) {
        LongAdder count = kinds.get(message);
        if (count == null) {
            boolean room = kinds.size() < MAX_KINDS;
            LongAdder fresh = new LongAdder();
            count = kinds.putIfAbsent(room ? message : OTHERS, fresh);
            if (count == null) {
                if (room) {
                    LOG.warn("{}; {}; this is logged once and counted", message, outcome);
                } else {
                    LOG.warn("more than {} kinds of problems with events; further kinds are only counted", MAX_KINDS);
                }
                count = fresh;
            }
        }
        count.increment();
    }

    Map<String, Long> byKind() {
        Map<String, Long> copy = new TreeMap<>();
        kinds.forEach((kind, count) -> copy.put(kind, count.sum()));
        return copy;
    }

    /** Counts a property that was removed. */
    void notSent(EventDetails event, String property) {
        Map<String, LongAdder> ofEvent = notSent.computeIfAbsent(event.name(), name -> new ConcurrentHashMap<>());
        String key = shown(property);
        LongAdder count = ofEvent.get(key);
        if (count == null) {
            if (properties.sum() >= MAX_KINDS) {
                key = OTHERS;
            }
            LongAdder fresh = new LongAdder();
            count = ofEvent.putIfAbsent(key, fresh);
            if (count == null) {
                properties.increment();
                count = fresh;
            }
        }
        count.increment();
    }

    Map<String, Map<String, Long>> notSent() {
        Map<String, Map<String, Long>> copy = new TreeMap<>();
        notSent.forEach((event, ofEvent) -> {
            Map<String, Long> counts = new TreeMap<>();
            ofEvent.forEach((property, count) -> counts.put(property, count.sum()));
            copy.put(event, counts);
        });
        return copy;
    }

    /** Returns a name for messages: short, on one line, and without anything that looks like personal data. */
    static String shown(String name) {
        // Only the part that is shown needs checking, and as much again for a sensitive value that the cut splits.
        Optional<SensitiveText> sensitive = SensitiveText.in(name.substring(0, Math.min(name.length(), 2 * SHOWN)));
        if (sensitive.isPresent()) {
            return sensitive.get().mask();
        }
        String begin = name.length() <= SHOWN
                ? name
                : name.substring(0, Character.isHighSurrogate(name.charAt(SHOWN - 1)) ? SHOWN - 1 : SHOWN) + "...";
        return UNPRINTABLE.matcher(begin).replaceAll("?");
    }
}
