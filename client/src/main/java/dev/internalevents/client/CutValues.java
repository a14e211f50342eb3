package dev.internalevents.client;

import dev.internalevents.protocol.FieldLimits;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts values that are longer than their field, or leaves them out; counts them by field, and logs each field of each
 * event once, without the value. Safe for use by several threads.
 */
final class CutValues {

    private static final Logger LOG = LoggerFactory.getLogger(InternalEventsClient.class);
    private static final int MAX_LOGGED = 1_000;

    /** Counts by field; field names come from the code, so there are few. */
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Returns the text, cut if it is too long. */
    String text(String field, String owner, String text, int max) {
        if (FieldLimits.fits(text, max)) {
            return text;
        }
        note(field, owner, "longer than " + max + " characters, so it is cut");
        return FieldLimits.cut(text, max);
    }

    /** Returns the id, or null if it is too long: a truncated id would be the id of something else. */
    @Nullable
    String id(String field, String owner, String text, int max) {
        if (FieldLimits.fits(text, max)) {
            return text;
        }
        note(field, owner, "longer than " + max + " characters, so it is left out");
        return null;
    }

    /** @param owner what the field belongs to, for the log line */
    void note(String field, String owner, String what) {
        counts.computeIfAbsent(field, f -> new LongAdder()).increment();
        String problem = field + " of " + owner;
        if (logged.size() < MAX_LOGGED && logged.add(problem)) {
            LOG.warn("{} is {}; this is logged once and counted in cutValues()", problem, what);
        }
    }

    Map<String, Long> counts() {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((field, count) -> copy.put(field, count.sum()));
        return copy;
    }
}
