package dev.internalevents.cli.define;

/** Somebody does not want to go on. */
final class CancelledException extends RuntimeException {

    CancelledException() {
        super("cancelled; nothing was written");
    }
}
