package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Counter;
import dev.internalevents.metrics.Increments.Slot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * A counter in a week, or for all time: the key of rows. Ordered, because transactions that lock rows in the same order
 * do not wait for each other.
 *
 * @param counter the counter's name, of at most {@value #MAX_NAME} characters
 */
record Cell(String counter, int week) implements Comparable<Cell> {

    /** Stands for all time. */
    static final int ALL_TIME = Integer.MIN_VALUE;

    /** An index of PostgreSQL accepts 2,700 bytes in all; a longer name ends with its hash. */
    private static final int MAX_NAME = 450;

    private static final int NAME_BEFORE_HASH = 380;
    private static final Comparator<Cell> ORDER =
            Comparator.comparing(Cell::counter).thenComparingInt(Cell::week);

    /** Returns the cells in which a batch adds to a counter. */
    static List<Cell> of(Slot slot) {
        List<Cell> cells = new ArrayList<>(2);
        String name = name(slot.counter());
        if (slot.counter().allTime()) {
            cells.add(new Cell(name, ALL_TIME));
        }
        if (slot.counter().weekly()) {
            cells.add(new Cell(name, slot.week()));
        }
        return cells;
    }

    /** Returns the cells of counters in some weeks, or for all time. */
    static List<Cell> of(Collection<Counter> counters, int[] weeks) {
        List<Cell> cells = new ArrayList<>();
        for (Counter counter : counters) {
            String name = name(counter);
            if (weeks.length == 0) {
                cells.add(new Cell(name, ALL_TIME));
            }
            for (int week : weeks) {
                cells.add(new Cell(name, week));
            }
        }
        return cells;
    }

    static String name(Counter counter) {
        String name = counter.key().toString();
        String text = text(name);
        return text.length() <= MAX_NAME ? text : text(text.substring(0, NAME_BEFORE_HASH)) + "…" + sha256(name);
    }

    /**
     * Returns a text that PostgreSQL accepts: U+0000, and halves of characters, become U+FFFD. Without such characters,
     * it is the text itself.
     */
    static String text(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (isPair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                if (clean == null) {
                    clean = new StringBuilder(text);
                }
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return clean == null ? text : clean.toString();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int compareTo(Cell other) {
        return ORDER.compare(this, other);
    }
}
