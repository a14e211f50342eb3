package dev.internalevents.cli.define;

/** Thrown when the user cancels. */
final class CancelledException extends RuntimeException {

    CancelledException() {
        super("cancelled; nothing was written");
    }
}
