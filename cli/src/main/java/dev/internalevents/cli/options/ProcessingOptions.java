package dev.internalevents.cli.options;

import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.pipeline.PipelineSettings;
import dev.internalevents.pipeline.PseudonymSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a collector does with requests and events before it stores them. */
final class ProcessingOptions {

    private static final String PSEUDONYM_KEY = "INTERNAL_EVENTS_PSEUDONYM_KEY";

    @Option(
            names = "--dedup-window",
            paramLabel = "DURATION",
            converter = Spans.class,
            defaultValue = "7d",
            description = "Duplicates of an event within this time are not counted; default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Duration dedupWindow;

    @Option(
            names = "--anonymize-ip",
            paramLabel = "N",
            description = "Number of octets at the end of IP addresses to replace by x, 1 to 4; default: none.")
    private int anonymizeIp;

    @Option(
            names = "--lenient-envelope",
            description =
                    "Accept bodies of any content type, and payload_data, contexts and unstruct_event of versions that"
                            + " do not exist; Snowplow's pipeline rejects both.")
    private boolean lenientEnvelope;

    @Option(
            names = "--redirects",
            paramLabel = "HOST",
            split = ",",
            description =
                    "Host to which /r/tp2?u=URL may redirect, or *.example.com for all names below it; default: none."
                            + " Can be repeated.")
    private List<String> redirects = new ArrayList<>();

    @Option(names = "--no-user-agent", description = "Do not parse user agents (no ua_parser_context).")
    private boolean noUserAgent;

    @Option(
            names = "--pseudonymize",
            paramLabel = "FIELDS",
            split = ",",
            description = "With a key in " + PSEUDONYM_KEY
                    + ", replace these by keyed hashes before they are stored or shown: "
                    + "user_id, global_user_id, urls. Default: all three.")
    private @Nullable List<String> pseudonymize;

    /**
     * Applies the options and variables to the settings.
     *
     * @throws IllegalArgumentException naming the option or variable that is wrong
     */
    void apply(CollectorSettingsBuilder settings, Map<String, String> environment) {
        settings.dedupWindow(dedupWindow)
                .pipeline(new PipelineSettings(!noUserAgent, anonymizeIp, pseudonyms(environment)))
                .lenientEnvelope(lenientEnvelope)
                .redirects(redirects);
    }

    private @Nullable PseudonymSettings pseudonyms(Map<String, String> environment) {
        String key = environment.get(PSEUDONYM_KEY);
        if (key == null || key.isEmpty()) {
            if (pseudonymize != null) {
                throw new IllegalArgumentException("pseudonymize: " + PSEUDONYM_KEY
                        + " is not set, so nothing would be replaced; make a key with: openssl rand -hex 32");
            }
            return null;
        }
        List<String> fieldNames = pseudonymize == null ? List.of("user_id", "global_user_id", "urls") : pseudonymize;
        Set<PseudonymSettings.Field> fields = EnumSet.noneOf(PseudonymSettings.Field.class);
        for (String name : fieldNames) {
            try {
                fields.add(PseudonymSettings.Field.valueOf(name.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "pseudonymize: \"" + name + "\" is not allowed; allowed: user_id, global_user_id, urls", e);
            }
        }
        return new PseudonymSettings(key, fields);
    }
}
