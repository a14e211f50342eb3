package dev.internalevents.pipeline;

import dev.internalevents.protocol.SchemaKey;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with one event: the first failures, and the number of the others. Limited in number and in characters, for
 * the event and for all events of its request, because senders choose how much is wrong. An event lists at least one. For
 * one thread.
 */
final class Failures extends AbstractList<Failure> {

    static final int MAX_LISTED = 50;
    static final int MAX_CHARS = 32_000;
    /** So many that looking for more is not worth the time. */
    static final int ENOUGH = 1_000;

    /** Objects of a failure, beside its texts. */
    private static final int FAILURE_CHARS = 200;

    private final Budget budget;
    private final List<Failure> listed = new ArrayList<>(0);
    private int chars;
    private long more;
    private boolean ended;

    /** What the failures of all events of a request may take. For one thread. */
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

    /** Adds what another list has, and counts what it does not list. */
    void merge(Failures others) {
        others.listed.forEach(this::add);
        more += others.more;
    }

    /** Whether there are so many that no more should be looked for; the last failure will say so. */
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

    /** The failures, and how many more there are as the last one. */
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
                                ended ? ", and the contexts behind them were not checked" : ""));
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
