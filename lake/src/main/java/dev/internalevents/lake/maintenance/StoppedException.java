package dev.internalevents.lake.maintenance;

/** The collector stops; what was begun is given up. */
final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StoppedException() {
        super("the collector stops");
    }
}
