package dev.internalevents.pipeline;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Computes the MD5 of an event's parameters in the order of their names, except the id and the sent time: name, 0,
 * value, 0. Events of one sender usually have the same names, so names are sorted and encoded again only when they
 * change. Not thread-safe.
 */
final class Fingerprint implements BiConsumer<String, String> {

    /** At most this many names are remembered from one event to the next; MAX_CHARS limits their total length. */
    private static final int MAX_NAMES = 64;

    private static final int MAX_CHARS = 1_024;
    private static final byte END = 0;

    private final MessageDigest digest = md5();

    /**
     * Names of the last event, in the order sent. {@code order} and {@code prefixes} are sorted by name: the index of
     * the name here, and the bytes before its value.
     */
    private final String[] names = new String[MAX_NAMES];

    private final int[] order = new int[MAX_NAMES];
    private final byte[][] prefixes = new byte[MAX_NAMES][];
    private int known;

    /** Values of the current event. */
    private final @Nullable String[] values = new @Nullable String[MAX_NAMES];

    private int count;
    private boolean isKnown;

    /** Returns the MD5, 16 bytes. */
    byte[] of(Map<String, String> parameters) {
        // The previous call may have run out of memory halfway.
        digest.reset();
        count = 0;
        isKnown = true;
        parameters.forEach(this);
        if (!isKnown || count != known) {
            learn(parameters);
        }
        if (known < 0) {
            return sorted(parameters);
        }
        for (int i = 0; i < known; i++) {
            digest.update(prefixes[i]);
            String value = Objects.requireNonNull(values[order[i]]);
            digest.update(value.getBytes(StandardCharsets.UTF_8));
        }
        if (known > 0) {
            digest.update(END);
        }
        Arrays.fill(values, 0, known, null);
        return digest.digest();
    }

    /** Adds a parameter. */
    @Override
    public void accept(String name, String value) {
        if (!counts(name, value)) {
            return;
        }
        if (count < known && name.equals(names[count])) {
            values[count++] = value;
        } else {
            isKnown = false;
        }
    }

    private static boolean counts(String name, @Nullable String value) {
        return value != null && !name.equals("stm") && !name.equals("eid");
    }

    /** Remembers the names of an event; sets {@code known} to -1 if they are too many or too long. */
    private void learn(Map<String, String> parameters) {
        known = -1;
        Arrays.fill(values, null);
        if (parameters.size() > MAX_NAMES) {
            return;
        }
        int chars = 0;
        int taken = 0;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            if (counts(parameter.getKey(), parameter.getValue())) {
                chars += parameter.getKey().length();
                if (chars > MAX_CHARS) {
                    return;
                }
                names[taken] = parameter.getKey();
                values[taken++] = parameter.getValue();
            }
        }
        known = taken;
        for (int i = 0; i < known; i++) {
            int at = i;
            while (at > 0 && names[order[at - 1]].compareTo(names[i]) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
        for (int i = 0; i < known; i++) {
            String prefix = (i == 0 ? "" : "\0") + names[order[i]] + "\0";
            prefixes[i] = prefix.getBytes(StandardCharsets.UTF_8);
        }
    }

    private byte[] sorted(Map<String, String> parameters) {
        known = 0;
        Arrays.fill(values, null);
        String[] all = parameters.keySet().toArray(new String[0]);
        Arrays.sort(all);
        for (String name : all) {
            String value = parameters.get(name);
            if (value != null && counts(name, value)) {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update(END);
                digest.update(value.getBytes(StandardCharsets.UTF_8));
                digest.update(END);
            }
        }
        return digest.digest();
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
