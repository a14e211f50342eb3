package dev.internalevents.collector.sink;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Logs why something fails, once until it works again. Used by one thread at a time. */
final class Warnings {

    /** Words with digits, such as ids, which differ from failure to failure. */
    private static final Pattern IDS = Pattern.compile("\\S*[0-9]\\S*");

    private final Logger log;
    private @Nullable String last;

    Warnings(Logger log) {
        this.log = log;
    }

    /** Logs a reason, unless the last one was the same but for ids. */
    void add(String reason) {
        String kind = IDS.matcher(reason).replaceAll("#");
        if (!kind.equals(last)) {
            log.warn("{}", reason);
        }
        last = kind;
    }

    /** It works again. */
    void clear() {
        last = null;
    }
}
