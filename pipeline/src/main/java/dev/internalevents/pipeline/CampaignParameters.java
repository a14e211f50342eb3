package dev.internalevents.pipeline;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the marketing campaign from the query of the page URL: {@code utm_…} and the click ids of ad networks. */
final class CampaignParameters {

    private static final Map<String, String> FIELDS = Map.of(
            "utm_medium", "mkt_medium",
            "utm_source", "mkt_source",
            "utm_term", "mkt_term",
            "utm_content", "mkt_content",
            "utm_campaign", "mkt_campaign");

    /** In order of precedence. Source: the defaults of Snowplow's campaign attribution enrichment. */
    private static final List<Network> NETWORKS = List.of(
            new Network("gclid", "Google"), new Network("msclkid", "Microsoft"), new Network("dclid", "DoubleClick"));

    private CampaignParameters() {}

    private record Network(String parameter, String name) {}

    /** Sets the fields {@code mkt_…}; values are not shortened. */
    static void read(PageQuery query, AtomicValues fields) {
        FIELDS.forEach((parameter, field) -> set(fields, field, query.get(parameter)));
        for (Network network : NETWORKS) {
            String id = query.get(network.parameter());
            if (id != null) {
                set(fields, "mkt_clickid", id);
                set(fields, "mkt_network", network.name());
                return;
            }
        }
    }

    private static void set(AtomicValues fields, String field, @Nullable String value) {
        String clean = value == null ? "" : ControlCharacters.removed(value);
        if (!clean.isEmpty()) {
            fields.set(field, clean);
        }
    }
}
