package dev.internalevents.protocol;

/**
 * Identifies the sender: the parameters that are the same in every event of a tracker.
 *
 * @param namespace {@code tna}, the name of the tracker within the application
 * @param appId {@code aid}, the application
 * @param platform {@code p}; {@code srv} for a service
 * @param version {@code tv}, the name and version of the tracker's own code; at most 100 characters
 */
public record Tracker(String namespace, String appId, String platform, String version) {

    /** Writes the parameters as members of the object that is currently open. */
    public void writeMembersTo(JsonWriter out) {
        out.name("p").string(platform);
        out.name("tv").string(version);
        out.name("tna").string(namespace);
        out.name("aid").string(appId);
    }
}
