package dev.internalevents.client.billing;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts fields of billing events that were cut, and logs each field once, without the value. Safe for use by several
 * threads.
 */
final class CutFields {

    private static final Logger LOG = LoggerFactory.getLogger(BillingEventsClient.class);

    /** Counts by field; field names come from the code, so there are few. */
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** @param what is wrong with the field */
    void note(String field, String what) {
        LongAdder count = counts.computeIfAbsent(field, f -> new LongAdder());
        if (count.sum() == 0) {
            LOG.warn("{} of a billing event is {}; this is logged once and counted in cutValues()", field, what);
        }
        count.increment();
    }

    Map<String, Long> counts() {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((field, count) -> copy.put(field, count.sum()));
        return copy;
    }
}
