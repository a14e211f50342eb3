package dev.internalevents.client.internal.http;

import java.io.IOException;

/**
 * Thrown if the server responds with a redirect that is not followed; the message says where it points to and what to
 * do.
 */
public final class HttpRedirectException extends IOException {

    private static final long serialVersionUID = 1;

    private final int status;

    HttpRedirectException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Returns the status of the response, 300 to 399. */
    public int status() {
        return status;
    }
}
