package dev.internalevents.client.delivery;

/** Whether requests are compressed with gzip. */
public enum Compression {

    /** Never; every collector accepts this. */
    NONE,

    /**
     * After a response contained {@code Accept-Encoding: gzip} (RFC 9110, 12.5.3), until a response has another value
     * or the status 415.
     */
    WHEN_ACCEPTED,

    /** Always; for a collector that is known to accept it. */
    ALWAYS
}
