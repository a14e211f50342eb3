package dev.internalevents.pipeline;

import java.util.Map;

/** Reads the marketing campaign from the query of the page's address: {@code utm_…} and the click ids of ad networks. */
final class CampaignParameters implements Enrichment {

    private static final Map<String, String> FIELDS = Map.of(
            "utm_medium", "mkt_medium",
            "utm_source", "mkt_source",
            "utm_term", "mkt_term",
            "utm_content", "mkt_content",
            "utm_campaign", "mkt_campaign");

    private static final Map<String, String> NETWORKS =
            Map.of("gclid", "Google", "msclkid", "Microsoft", "dclid", "DoubleClick");

    private static final int MAX_LENGTH = 255;

    @Override
    public void enrich(EventDraft event) {
        String query = event.atomic.text("page_urlquery");
        if (query == null) {
            return;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1 || equals + 1 == pair.length()) {
                continue;
            }
            String name = pair.substring(0, equals);
            String field = FIELDS.get(name);
            if (field != null) {
                event.atomic.setIfAbsent(field, shortened(UrlParts.unescape(pair.substring(equals + 1))));
            } else if (NETWORKS.containsKey(name)) {
                event.atomic.setIfAbsent("mkt_clickid", shortened(UrlParts.unescape(pair.substring(equals + 1))));
                event.atomic.setIfAbsent("mkt_network", NETWORKS.get(name));
            }
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH);
    }
}
