package dev.internalevents.collector;

import java.nio.file.Path;
import java.util.List;

/**
 * How a collector runs.
 *
 * @param host the address to listen on; {@value #LOOPBACK} unless there is a reason
 * @param port 0 takes a free one
 * @param maxEvents good and failed events that are kept; older ones make room
 * @param igluFolders static registries that are asked before the shipped schemas
 */
public record CollectorSettings(String host, int port, int maxEvents, List<Path> igluFolders) {

    /** {@value}. */
    public static final String LOOPBACK = "127.0.0.1";

    /** {@value}. */
    public static final int DEFAULT_PORT = 9091;

    /** {@value}. */
    public static final int DEFAULT_MAX_EVENTS = 20_000;

    /** Checks each setting, and throws {@link IllegalArgumentException} naming the first that makes no sense. */
    public CollectorSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " is not a port, 0 to 65535");
        }
        if (maxEvents < 1) {
            throw new IllegalArgumentException("max-events: " + maxEvents + " is not a whole number of 1 or more");
        }
        igluFolders = List.copyOf(igluFolders);
    }

    /** The settings of a local collector on a port. */
    public static CollectorSettings local(int port) {
        return new CollectorSettings(LOOPBACK, port, DEFAULT_MAX_EVENTS, List.of());
    }
}
