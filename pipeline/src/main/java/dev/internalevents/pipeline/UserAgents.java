package dev.internalevents.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SelfDescribingJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ua_parser.Client;
import ua_parser.Parser;

/**
 * Adds the context {@code ua_parser_context} with browser, system and device of the user agent. Uses the rules of the
 * ua-parser project; recently seen user agents are cached.
 */
final class UserAgents implements Enrichment {

    private static final SchemaKey SCHEMA =
            SchemaKey.of("com.snowplowanalytics.snowplow", "ua_parser_context", "1-0-0");
    private static final int MAX_KNOWN = 2_000;
    private static final int MAX_LENGTH = 1_000;

    private final Cache<String, SelfDescribingJson> known =
            Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

    @Override
    public void enrich(EventDraft event) {
        String agent = event.atomic.text("useragent");
        if (agent != null && !agent.isBlank() && agent.length() <= MAX_LENGTH) {
            event.derived.add(known.get(agent, UserAgents::parse));
        }
    }

    private static SelfDescribingJson parse(String agent) {
        Client client = Rules.PARSER.parse(agent);
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("useragentFamily", client.userAgent.family);
        data.put("useragentMajor", client.userAgent.major);
        data.put("useragentMinor", client.userAgent.minor);
        data.put("useragentPatch", client.userAgent.patch);
        data.put(
                "useragentVersion",
                version(
                        client.userAgent.family,
                        client.userAgent.major,
                        client.userAgent.minor,
                        client.userAgent.patch));
        data.put("osFamily", client.os.family);
        data.put("osMajor", client.os.major);
        data.put("osMinor", client.os.minor);
        data.put("osPatch", client.os.patch);
        data.put("osPatchMinor", client.os.patchMinor);
        data.put("osVersion", version(client.os.family, client.os.major, client.os.minor, client.os.patch));
        data.put("deviceFamily", client.device.family);
        return new SelfDescribingJson(SCHEMA, data);
    }

    private static String version(String family, @Nullable String... parts) {
        StringBuilder version = new StringBuilder(family);
        String separator = " ";
        for (String part : parts) {
            if (part != null) {
                version.append(separator).append(part);
                separator = ".";
            }
        }
        return version.toString();
    }

    /** Loaded with the first user agent: it takes a moment, and events of a service have none. */
    private static final class Rules {
        private static final Parser PARSER = new Parser();
    }
}
