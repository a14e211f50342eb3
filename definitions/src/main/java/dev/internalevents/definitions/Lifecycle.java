package dev.internalevents.definitions;

import java.util.Optional;

/**
 * When and by which change a definition was added and removed.
 *
 * @param milestone the version that introduced it
 * @param milestoneRemoved the version that removed it
 * @param introducedByUrl the change that introduced it
 * @param removedByUrl the change that removed it
 * @param repairIssueUrl where the repair of a broken metric is tracked; empty for events
 */
public record Lifecycle(
        Status status,
        Optional<String> milestone,
        Optional<String> milestoneRemoved,
        Optional<String> introducedByUrl,
        Optional<String> removedByUrl,
        Optional<String> repairIssueUrl) {

    /** In use, without further information. */
    public static final Lifecycle ACTIVE = new Lifecycle(
            Status.ACTIVE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
}
