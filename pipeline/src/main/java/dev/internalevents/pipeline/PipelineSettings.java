package dev.internalevents.pipeline;

import dev.internalevents.pipeline.adapter.RedirectHosts;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the pipeline.
 *
 * @param userAgents whether the user agent is parsed into {@code ua_parser_context}
 * @param anonymizedIpParts how many octets at the end of the address are replaced by x, 0 to 4; for IPv6 twice as many
 *     groups
 * @param pseudonyms null if nothing is replaced
 * @param lenientEnvelope whether to accept bodies of any content type, and envelopes with versions that do not exist;
 *     Snowplow's pipeline rejects both
 * @param redirects the hosts that redirects may lead to
 */
public record PipelineSettings(
        boolean userAgents,
        int anonymizedIpParts,
        @Nullable PseudonymSettings pseudonyms,
        boolean lenientEnvelope,
        RedirectHosts redirects) {

    public static final PipelineSettings DEFAULTS = new PipelineSettings(true, 0, null);

    /** Creates settings that reject what Snowplow's pipeline rejects, and allow no redirects. */
    public PipelineSettings(boolean userAgents, int anonymizedIpParts, @Nullable PseudonymSettings pseudonyms) {
        this(userAgents, anonymizedIpParts, pseudonyms, false, RedirectHosts.NONE);
    }

    /** Returns these settings with another value for {@code lenientEnvelope}. */
    public PipelineSettings withLenientEnvelope(boolean lenient) {
        return new PipelineSettings(userAgents, anonymizedIpParts, pseudonyms, lenient, redirects);
    }

    /** Returns these settings with other redirect hosts. */
    public PipelineSettings withRedirects(RedirectHosts hosts) {
        return new PipelineSettings(userAgents, anonymizedIpParts, pseudonyms, lenientEnvelope, hosts);
    }
}
