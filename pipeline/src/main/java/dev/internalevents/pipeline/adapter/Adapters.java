package dev.internalevents.pipeline.adapter;

import dev.internalevents.protocol.EnvelopeVersions;
import java.util.function.ToIntFunction;

/**
 * Chooses the adapter by the path of a request: {@code /com.snowplowanalytics.iglu/v1} is the Iglu webhook,
 * {@code /r/anything} a redirect, and every other path a tracker's. Immutable and thread-safe.
 */
public final class Adapters {

    /** The first segment of a redirect's path. */
    public static final String REDIRECT_VENDOR = "r";

    /** The maximum number of events in a request. */
    static final int MAX_EVENTS = 10_000;

    /** The maximum number of characters for the query string parameters, summed over all events of a body. */
    static final long MAX_MERGED_CHARS = 8_000_000;

    private static final String IGLU_VENDOR = "com.snowplowanalytics.iglu";
    private static final String IGLU_VERSION = "v1";

    private final Adapter tracker;
    private final Adapter iglu;
    private final Adapter redirect;

    /**
     * Creates the adapters.
     *
     * @param lenient whether to accept bodies of any content type, and envelopes with versions that do not exist
     * @param redirects where redirects may lead
     */
    public Adapters(boolean lenient, RedirectHosts redirects) {
        tracker = new TrackerAdapter(lenient);
        iglu = new IgluAdapter(lenient);
        redirect = new RedirectAdapter(redirects, versions(lenient));
    }

    /** Returns the envelope versions that are accepted. */
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

    /** Returns whether the requests of a path are read as a tracker's. */
    public static boolean isTracker(String vendor, String version) {
        return !isIglu(vendor, version) && !vendor.equals(REDIRECT_VENDOR);
    }

    /**
     * Returns a function that counts the events of a body without parsing it. In a body that does not have the form
     * expected for the path, it counts everything that looks like an event.
     */
    public static ToIntFunction<byte[]> eventCount(String vendor, String version) {
        return isIglu(vendor, version) ? IgluAdapter::count : TrackerAdapter::count;
    }

    private static boolean isIglu(String vendor, String version) {
        return vendor.equals(IGLU_VENDOR) && version.equals(IGLU_VERSION);
    }

    /**
     * Checks the memory that the query string takes when it is copied into every event.
     *
     * @throws UnreadableRequestException if it would take too much
     */
    static void checkMerged(AdapterRequest request, int events) {
        if ((long) request.queryLength() * events > MAX_MERGED_CHARS) {
            throw new UnreadableRequestException(
                    "the query string",
                    "it has " + request.queryLength() + " characters and is copied into each of " + events
                            + " events, expected " + MAX_MERGED_CHARS
                            + " characters at most in total; send fewer"
                            + " events in a request");
        }
    }

    /**
     * Checks the number of events.
     *
     * @throws UnreadableRequestException if there are more than {@value #MAX_EVENTS} events
     */
    static void checkCount(byte[] body, ToIntFunction<byte[]> count, int minEventBytes) {
        if (body.length / minEventBytes > MAX_EVENTS && count.applyAsInt(body) > MAX_EVENTS) {
            throw new UnreadableRequestException(
                    "the body",
                    "it has more than " + MAX_EVENTS + " events, which is the limit; send fewer events in a request");
        }
    }
}
