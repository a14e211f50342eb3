package dev.internalevents.store;

import dev.internalevents.pipeline.CollectorPayload;
import dev.internalevents.pipeline.FailedEvent;
import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.pipeline.ProcessedEvent;
import dev.internalevents.pipeline.RawEvent;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.protocol.UnstructEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimates the heap size of events in bytes. Models a 64-bit JVM with compressed pointers; exact for large parts
 * (text, arrays, many entries) and approximate for the rest.
 */
final class HeapSize {

    /** The objects that every event has: its records, times, and the array of atomic fields. */
    private static final long EVENT = 3_000;

    private static final long OBJECT = 24;
    private static final long MAP = 64;
    private static final long ENTRY = 48;
    private static final long REFERENCE = 8;
    private static final int MAX_LATIN1 = 0xff;
    /** Shorter text is included in {@link #EVENT}, or is the same object as the parameter. */
    private static final int LONG_TEXT = 64;

    private HeapSize() {}

    /** Returns the size of an event without the parts it shares with other events of its request. */
    static long of(ProcessedEvent event) {
        long bytes = EVENT;
        RawEvent raw = event.raw();
        if (raw != null) {
            bytes += of(raw.parameters().parameters());
        }
        long[] texts = {0};
        event.atomic().forEach((name, value) -> {
            if (value instanceof String text && text.length() > LONG_TEXT) {
                texts[0] += of(text);
            }
        });
        bytes += texts[0];
        if (event instanceof GoodEvent good) {
            bytes += contexts(good.contexts().list())
                    + contexts(good.derivedContexts().list());
            UnstructEvent unstruct = good.unstruct();
            bytes += unstruct == null ? 0 : OBJECT + of(unstruct.event().data());
        } else if (event instanceof FailedEvent failed) {
            bytes += failed.failures().stream()
                    .mapToLong(failure -> 10 * OBJECT + of(failure.message()) + of(failure.pointer()))
                    .sum();
        }
        return bytes;
    }

    private static long contexts(List<SelfDescribingJson> contexts) {
        return contexts.stream()
                .mapToLong(context -> 4 * OBJECT + of(context.data()))
                .sum();
    }

    /** Returns the size of a request's headers, which its events share. */
    static long of(CollectorPayload.Context sender) {
        return of(sender.headers()) + of(sender.useragent()) + of(sender.refererUri());
    }

    /** Returns the size of a tree of maps, lists, text, numbers and booleans. */
    static long of(@Nullable Object tree) {
        if (tree instanceof String text) {
            return 2 * OBJECT + (isLatin1(text) ? text.length() : 2L * text.length());
        } else if (tree instanceof Map<?, ?> map) {
            long bytes = MAP;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                bytes += ENTRY + of(entry.getKey()) + of(entry.getValue());
            }
            return bytes;
        } else if (tree instanceof List<?> list) {
            long bytes = 2 * OBJECT;
            for (Object item : list) {
                bytes += REFERENCE + of(item);
            }
            return bytes;
        }
        return tree == null ? 0 : tree instanceof Number number ? 2 * OBJECT + digits(number) : OBJECT;
    }

    /** Returns the extra bytes of BigInteger and BigDecimal, which have as many digits as were sent. */
    private static long digits(Number number) {
        return number instanceof BigInteger big
                ? big.bitLength() / 8
                : number instanceof BigDecimal decimal ? decimal.unscaledValue().bitLength() / 8 : 0;
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > MAX_LATIN1) {
                return false;
            }
        }
        return true;
    }
}
