package dev.internalevents.pipeline;

import dev.internalevents.pipeline.adapter.RedirectHosts;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline adds to events and takes away from them.
 *
 * @param userAgents whether the user agent is taken apart into {@code ua_parser_context}
 * @param anonymizedIpParts octets at the end of the address that are replaced by x, 0 to 4; of IPv6 twice as many groups
 * @param pseudonyms null when nothing is replaced
 * @param lenientEnvelope whether bodies are read whatever their content type, and envelopes of versions that do not exist;
 *     Snowplow's pipeline refuses both
 * @param redirects the hosts that redirects may lead to
 */
public record PipelineSettings(
        boolean userAgents,
        int anonymizedIpParts,
        @Nullable PseudonymSettings pseudonyms,
        boolean lenientEnvelope,
        RedirectHosts redirects) {

    public static final PipelineSettings DEFAULTS = new PipelineSettings(true, 0, null);

    /** Settings that refuse what Snowplow's pipeline refuses, and allow no redirect. */
    public PipelineSettings(boolean userAgents, int anonymizedIpParts, @Nullable PseudonymSettings pseudonyms) {
        this(userAgents, anonymizedIpParts, pseudonyms, false, RedirectHosts.NONE);
    }

    /** These settings, with another value for what is read beside what Snowplow's pipeline reads. */
    public PipelineSettings withLenientEnvelope(boolean lenient) {
        return new PipelineSettings(userAgents, anonymizedIpParts, pseudonyms, lenient, redirects);
    }

    /** These settings, with other hosts that redirects may lead to. */
    public PipelineSettings withRedirects(RedirectHosts hosts) {
        return new PipelineSettings(userAgents, anonymizedIpParts, pseudonyms, lenientEnvelope, hosts);
    }
}
