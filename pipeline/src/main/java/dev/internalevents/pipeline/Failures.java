package dev.internalevents.pipeline;

import dev.internalevents.protocol.SchemaKey;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The failures of one event: the first ones, and a count of the rest. Limited in number and characters, per event and
 * per request, because senders control how much is wrong. Every failed event lists at least one. Not thread-safe.
 */
final class Failures extends AbstractList<Failure> {

    static final int MAX_LISTED = 50;
    static final int MAX_CHARS = 32_000;
    /** The number of unlisted failures at which checking stops. */
    static final int ENOUGH = 1_000;

    /** The size of a failure's objects, in addition to its texts. */
    private static final int FAILURE_CHARS = 200;

    private final Budget budget;
    private final List<Failure> listed = new ArrayList<>(0);
    private int chars;
    private long more;
    private boolean ended;

    /** The limit that all events of a request share. Not thread-safe. */
    static final class Budget {

        static final int MAX_CHARS = 4_000_000;

        private int left = MAX_CHARS;
    }

    Failures(Budget budget) {
        this.budget = budget;
    }

    @Override
    public boolean add(Failure failure) {
        if (more > 0 || listed.size() >= MAX_LISTED) {
            more++;
            return false;
        }
        int size = chars(failure);
        if (!listed.isEmpty() && (chars + size > MAX_CHARS || size > budget.left)) {
            more++;
            return false;
        }
        chars += size;
        budget.left -= Math.min(size, budget.left);
        return listed.add(failure);
    }

    /** Adds the failures of another list, including the count of those it does not list. */
    void merge(Failures others) {
        others.listed.forEach(this::add);
        more += others.more;
    }

    /** Returns whether there are so many failures that checking should stop; if so, the last failure reports that. */
    boolean endsChecks() {
        ended |= more >= ENOUGH;
        return ended;
    }

    private static int chars(Failure failure) {
        SchemaKey schema = failure.schema();
        return FAILURE_CHARS
                + failure.where().length()
                + (schema == null ? 0 : schema.vendor().length() + schema.name().length())
                + failure.pointer().length()
                + failure.message().length();
    }

    /** Returns the listed failures; if there are more, the last one gives their number. */
    List<Failure> summary() {
        Failure rest = rest();
        if (rest == null) {
            return listed;
        }
        List<Failure> summary = new ArrayList<>(listed);
        summary.add(rest);
        return summary;
    }

    private @Nullable Failure rest() {
        return more == 0
                ? null
                : Failure.of(
                        listed.get(listed.size() - 1).step(),
                        "the event",
                        String.format(
                                Locale.ENGLISH,
                                "%,d more failures are not listed%s",
                                more,
                                ended ? ", and the remaining contexts were not checked" : ""));
    }

    @Override
    public Failure get(int index) {
        return listed.get(index);
    }

    @Override
    public int size() {
        return listed.size();
    }
}
