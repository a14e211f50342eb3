package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Lifecycle;
import dev.internalevents.definitions.ProductArea;
import dev.internalevents.definitions.Status;
import java.util.Optional;

/** Reads the keys that events and metrics have in common. */
final class CommonKeys {

    private CommonKeys() {}

    static ProductArea area(Fields fields) {
        return new ProductArea(
                fields.text(Keys.PRODUCT_GROUP), fields.texts(Keys.PRODUCT_CATEGORIES), OldTiers.read(fields));
    }

    static Lifecycle lifecycle(Fields fields, Status status, Optional<String> repairIssueUrl) {
        return new Lifecycle(
                status,
                fields.milestone(Keys.MILESTONE),
                fields.milestone(Keys.MILESTONE_REMOVED),
                fields.url(Keys.INTRODUCED_BY_URL),
                fields.url(Keys.REMOVED_BY_URL),
                repairIssueUrl);
    }
}
