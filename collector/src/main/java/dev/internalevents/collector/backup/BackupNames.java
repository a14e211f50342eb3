package dev.internalevents.collector.backup;

import dev.internalevents.collector.sink.PendingForgets;
import dev.internalevents.collector.sink.RetriedEvents;
import dev.internalevents.collector.sink.SinkIdentity;
import java.util.Set;
import java.util.regex.Pattern;

/** The names of a backup's entries; those of files are their paths in a collector's folder. */
final class BackupNames {

    /** The first entry. */
    static final String MANIFEST = "manifest.json";

    /** An empty entry, sent from time to time while the copy is made, so that the connection does not look idle. */
    static final String COPYING = "copying";

    static final String STORE = "events.duckdb";
    static final String STORE_LOG = STORE + ".wal";
    static final String COUNTERS = "counters";
    static final String SERVICE_PING = "service-ping-sent";
    static final String LAKE_ID = SinkIdentity.FILE;
    static final String LAKE_RETRIED = RetriedEvents.FILE;
    static final String LAKE_FORGET = PendingForgets.FILE;
    static final String SPOOL = "spool/";
    static final String SPOOL_ID = SPOOL + "id";

    /** The last entry: name, size and SHA-256 of every entry before it. */
    static final String COMPLETE = "complete.json";

    private static final Set<String> FILES =
            Set.of(STORE, STORE_LOG, COUNTERS, SERVICE_PING, LAKE_ID, LAKE_RETRIED, LAKE_FORGET, SPOOL_ID);
    private static final Pattern SEGMENT = Pattern.compile("spool/[0-9]{16}\\.segment");

    private BackupNames() {}

    /** Returns whether an entry with this name becomes a file in the collector's folder. */
    static boolean isFile(String name) {
        return FILES.contains(name) || isSegment(name);
    }

    static boolean isSegment(String name) {
        return SEGMENT.matcher(name).matches();
    }
}
