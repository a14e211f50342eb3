package dev.internalevents.client;

import dev.internalevents.protocol.Printable;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The names of the events of one request. Bounded, because a request may be a job that never ends and names are
 * untrusted input. Safe for use by several threads.
 */
final class TrackedNames {

    static final int MAX_NAMES = 1_000;
    static final int MAX_JOINED = 4_096;
    static final String OTHERS = "(others)";

    private final NavigableSet<String> names = new ConcurrentSkipListSet<>();

    /** The number of names; the set's {@code size()} would have to count them. */
    private final AtomicInteger count = new AtomicInteger();

    void add(String name) {
        if (count.get() >= MAX_NAMES) {
            if (!names.contains(name)) {
                names.add(OTHERS);
            }
        } else if (names.add(name) && count.incrementAndGet() > MAX_NAMES) {
            // Several threads added a name at the limit.
            names.remove(name);
            names.add(OTHERS);
        }
    }

    String joined() {
        StringBuilder joined = new StringBuilder();
        for (String name : names) {
            String shown = Printable.of(name).replace(',', '?');
            if (joined.length() + shown.length() + 1 + OTHERS.length() > MAX_JOINED) {
                return joined.append(',').append(OTHERS).toString();
            }
            joined.append(joined.isEmpty() ? "" : ",").append(shown);
        }
        return joined.toString();
    }

    /** Returns a live, unmodifiable view. */
    Set<String> view() {
        return new View();
    }

    private final class View extends AbstractSet<String> {

        @Override
        public Iterator<String> iterator() {
            return Collections.unmodifiableSet(names).iterator();
        }

        @Override
        public int size() {
            return names.size();
        }

        @Override
        public boolean contains(@Nullable Object name) {
            return name instanceof String text && names.contains(text);
        }

        @Override
        public String toString() {
            return "[" + joined().replace(",", ", ") + "]";
        }
    }
}
