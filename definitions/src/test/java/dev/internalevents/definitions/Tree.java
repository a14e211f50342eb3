package dev.internalevents.definitions;

import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of definitions for a test. */
final class Tree {

    static final String EVENT = """
            description: A user asked the awesome feature for an answer
            internal_events: true
            action: request_awesome_feature
            identifiers:
            - project
            - user
            - namespace
            additional_properties:
              label:
                description: The unit primitive that was asked for
              value:
                description: Time until the first token in milliseconds
              model_engine:
                description: The engine that answered
            product_group: awesome
            milestone: '18.1'
            introduced_by_url: https://example.com/merge_requests/1
            tiers:
            - free
            - premium
            - ultimate
            """;

    static final String METRIC = """
            key_path: redis_hll_counters.count_distinct_user_id_from_request_awesome_feature
            description: Count of unique users who asked the awesome feature
            product_group: awesome
            value_type: number
            status: active
            milestone: '18.1'
            introduced_by_url: https://example.com/merge_requests/1
            time_frame:
            - 7d
            - 28d
            data_source: internal_events
            data_category: optional
            tiers:
            - free
            - premium
            - ultimate
            events:
            - name: request_awesome_feature
              unique: user.id
              filter:
                label: complete_code
            """;

    static final String EVENT_FILE = "config/events/request_awesome_feature.yml";
    static final String METRIC_FILE = "config/metrics/counts_all/awesome.yml";

    private final Path root;

    Tree(Path root) {
        this.root = root;
    }

    /** Creates a tree with the event and the metric of the documentation. */
    static Tree awesome(Path root) {
        return new Tree(root).file(EVENT_FILE, EVENT).file(METRIC_FILE, METRIC);
    }

    Tree file(String name, String text) {
        try {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Reading read() {
        return DefinitionFiles.read(root);
    }

    Dictionary load() {
        return DefinitionFiles.load(root);
    }
}
