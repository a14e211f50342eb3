package dev.internalevents.lake;

import dev.internalevents.pipeline.GoodEvent;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import dev.internalevents.store.StoredEvent;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Adds the columns of schemas to a table before the first event that has them is written. */
final class EventColumns {

    private static final int MAX_SETTLED = 10_000;

    private final Evolution evolution;
    private final DataFiles files;
    private final Set<LakeTable.Named> settled = new HashSet<>();

    EventColumns(Evolution evolution, DataFiles files) {
        this.evolution = evolution;
        this.files = files;
    }

    /** Adds columns for the schemas that are new. */
    void prepare(List<StoredEvent> events) {
        Set<LakeTable.Named> news = new LinkedHashSet<>();
        for (StoredEvent event : events) {
            if (event.event() instanceof GoodEvent good) {
                for (SelfDescribingJson context : good.contexts().list()) {
                    note(context.schema(), true, news);
                }
                for (SelfDescribingJson context : good.derivedContexts().list()) {
                    note(context.schema(), true, news);
                }
                if (good.unstruct() != null) {
                    note(good.unstruct().event().schema(), false, news);
                }
            }
        }
        if (news.isEmpty()) {
            return;
        }
        if (evolution.add(news)) {
            files.reshape();
        }
        if (settled.size() + news.size() <= MAX_SETTLED) {
            settled.addAll(news);
        }
    }

    private void note(SchemaKey schema, boolean isContext, Set<LakeTable.Named> news) {
        LakeTable.Named named = new LakeTable.Named(schema, isContext);
        if (!settled.contains(named)) {
            news.add(named);
        }
    }
}
