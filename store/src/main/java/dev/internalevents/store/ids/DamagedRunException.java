package dev.internalevents.store.ids;

import java.io.IOException;

/** A file of the index is not as it was written. */
final class DamagedRunException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedRunException(String message) {
        super(message);
    }
}
