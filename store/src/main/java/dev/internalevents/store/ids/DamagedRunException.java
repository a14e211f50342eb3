package dev.internalevents.store.ids;

import java.io.IOException;

/** Thrown when a file of the index is damaged. */
final class DamagedRunException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedRunException(String message) {
        super(message);
    }
}
