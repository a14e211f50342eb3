package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.EnvelopeVersions;
import java.util.function.ToIntFunction;

/**
 * The adapters, chosen by the path of a request: {@code /com.snowplowanalytics.iglu/v1} is the Iglu webhook, {@code
 * /r/anything} a redirect, and every other path a tracker's. Immutable, safe for use by several threads.
 */
public final class Adapters {

    /** The first segment of a redirect's path. */
    public static final String REDIRECT_VENDOR = "r";

    /** Events of a request, at most. */
    static final int MAX_EVENTS = 10_000;

    /** Characters that the parameters of a query string take in all events of a body together, at most. */
    static final long MAX_MERGED_CHARS = 8_000_000;

    private static final String IGLU_VENDOR = "com.snowplowanalytics.iglu";
    private static final String IGLU_VERSION = "v1";

    private final Adapter tracker;
    private final Adapter iglu;
    private final Adapter redirect;

    /**
     * Makes the adapters.
     *
     * @param lenient reads bodies whatever their content type, and envelopes of versions that do not exist
     * @param redirects where redirects may lead
     */
    public Adapters(boolean lenient, RedirectHosts redirects) {
        tracker = new TrackerAdapter(lenient);
        iglu = new IgluAdapter(lenient);
        redirect = new RedirectAdapter(redirects, versions(lenient));
    }

    /** The versions of envelopes that are read. */
    public static EnvelopeVersions versions(boolean lenient) {
        return lenient ? EnvelopeVersions.ALL_OF_MODEL_1 : EnvelopeVersions.PUBLISHED;
    }

    /** Returns the adapter for the requests of a path, {@code /vendor/version}. */
    public Adapter of(String vendor, String version) {
        if (isIglu(vendor, version)) {
            return iglu;
        }
        return vendor.equals(REDIRECT_VENDOR) ? redirect : tracker;
    }

    /** Whether the requests of a path are read as a tracker's. */
    public static boolean isTracker(String vendor, String version) {
        return !isIglu(vendor, version) && !vendor.equals(REDIRECT_VENDOR);
    }

    /**
     * Returns what counts the events of a body without reading it. Of a body that is not as the path expects, it counts
     * whatever looks like events.
     */
    public static ToIntFunction<byte[]> eventCount(String vendor, String version) {
        return isIglu(vendor, version) ? IgluAdapter::count : TrackerAdapter::count;
    }

    private static boolean isIglu(String vendor, String version) {
        return vendor.equals(IGLU_VENDOR) && version.equals(IGLU_VERSION);
    }

    /** @throws UnreadableRequestException if the query string would take too much memory when it is in every event */
    static void checkMerged(AdapterRequest request, int events) {
        if ((long) request.queryLength() * events > MAX_MERGED_CHARS) {
            throw new UnreadableRequestException(
                    "the query string",
                    "it has " + request.queryLength() + " characters and counts for each of " + events
                            + " events, expected " + MAX_MERGED_CHARS
                            + " characters at most for all of them; send fewer"
                            + " events in a request");
        }
    }

    /** @throws UnreadableRequestException if there are more than {@value #MAX_EVENTS} events */
    static void checkCount(byte[] body, ToIntFunction<byte[]> count, int minEventBytes) {
        if (body.length / minEventBytes > MAX_EVENTS && count.applyAsInt(body) > MAX_EVENTS) {
            throw new UnreadableRequestException(
                    "the body", "it has more than " + MAX_EVENTS + " events, expected that many at most");
        }
    }
}
