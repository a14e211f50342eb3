package dev.internalevents.client;

import dev.internalevents.protocol.ForeignCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the {@link TraceSource}s on the class path for the current trace; without one it costs nothing. */
final class CurrentTrace {

    private static final Logger LOG = LoggerFactory.getLogger(CurrentTrace.class);

    /** More than any class path has; a class loader that fails at each look would be asked without end. */
    private static final int MAX_FAILURES = 20;

    private static final TraceSource[] SOURCES = found();

    private CurrentTrace() {}

    /** Returns the id of the current trace, or null if there is none. */
    static @Nullable String id() {
        for (TraceSource source : SOURCES) {
            try {
                String id = source.traceId();
                if (id != null && EventContextFactory.isVisible(id)) {
                    return id;
                }
            } catch (Throwable e) {
                ForeignCode.caught(e);
                LOG.debug("the current trace could not be read", e);
            }
        }
        return null;
    }

    /** Leaves out sources that cannot be created: the library that they read may be missing. */
    private static TraceSource[] found() {
        List<TraceSource> found = new ArrayList<>();
        Iterator<TraceSource> sources = ServiceLoader.load(TraceSource.class, TraceSource.class.getClassLoader())
                .iterator();
        boolean more = true;
        for (int failures = 0; more && failures < MAX_FAILURES; ) {
            try {
                more = sources.hasNext();
                if (more) {
                    found.add(sources.next());
                }
            } catch (Throwable e) {
                ForeignCode.caught(e);
                failures++;
                LOG.debug("a source of traces is not used", e);
            }
        }
        return found.toArray(TraceSource[]::new);
    }
}
