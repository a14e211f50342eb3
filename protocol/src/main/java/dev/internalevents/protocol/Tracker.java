package dev.internalevents.protocol;

/**
 * Who sends: the parameters that are the same in every event of a tracker.
 *
 * @param namespace {@code tna}, the name of the tracker within the application
 * @param appId {@code aid}, the application
 * @param platform {@code p}; {@code srv} for a service
 * @param version {@code tv}, name and version of the tracker's own code, 100 characters at most
 */
public record Tracker(String namespace, String appId, String platform, String version) {

    /** Writes the members into an object that is open. */
    public void writeMembersTo(JsonWriter out) {
        out.name("p").string(platform);
        out.name("tv").string(version);
        out.name("tna").string(namespace);
        out.name("aid").string(appId);
    }
}
