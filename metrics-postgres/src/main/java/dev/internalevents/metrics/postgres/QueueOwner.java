package dev.internalevents.metrics.postgres;

import dev.internalevents.metrics.Position;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the position of a queue in PostgreSQL with what this process knows. Notices that PostgreSQL has lost
 * transactions, and that another process counts a queue with the same id, because its folder was copied: the positions
 * of both are compared with the same row, so batches of one are taken for batches that were added before. Only this
 * process moves the row of its own queue, so a batch that was added before is either the first of this process, which
 * continues after a kill, or one whose outcome was unknown. Used by the thread that applies.
 */
final class QueueOwner {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresMetricStore.class);

    private final String store;
    private @Nullable Position applying;
    private @Nullable Position known;
    private boolean isRepeat;
    private boolean isLogged;

    /** @param store the name for messages */
    QueueOwner(String store) {
        this.store = store;
    }

    /** Must be called before a batch is added. */
    void applies(@Nullable Position position) {
        isRepeat = position != null && position.equals(applying);
        applying = position;
    }

    /**
     * Must be called after the batch is committed.
     *
     * @param found up to where its queue was counted before; null if batches have no order
     */
    void applied(@Nullable Position found) {
        Position end = applying;
        if (end == null || found == null) {
            return;
        }
        Position before = known;
        boolean isFirst = before == null || !before.sequence().equals(end.sequence());
        boolean isOfAnother = found.isAfter(end) || (found.equals(end) && !isFirst && !isRepeat);
        if (isOfAnother && !isLogged) {
            isLogged = true;
            LOG.error(
                    "{}: events are not counted, because another process counts a queue with the same id, {}: a copy of"
                            + " its folder is in use. Give each process a folder of its own: stop one of them, delete its"
                            + " folder, and start it again",
                    store,
                    end.sequence());
        }
        if (before != null && !isFirst && found.number() >= 0 && before.isAfter(found)) {
            LOG.warn(
                    "{}: transactions are missing that were committed, for example after a failover or a restored backup;"
                            + " their events are not counted again. The queue {} was counted up to {}:{}, and is counted up"
                            + " to {}:{} now",
                    store,
                    end.sequence(),
                    before.number(),
                    before.offset(),
                    found.number(),
                    found.offset());
        }
        known = end;
    }
}
