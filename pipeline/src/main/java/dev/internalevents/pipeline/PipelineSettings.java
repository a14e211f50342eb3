package dev.internalevents.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What the pipeline adds to events and takes away from them.
 *
 * @param userAgents whether the user agent is taken apart into {@code ua_parser_context}
 * @param anonymizedIpParts octets at the end of the address that are replaced by x, 0 to 4; of IPv6 twice as many groups
 * @param pseudonyms null when nothing is replaced
 */
public record PipelineSettings(
        boolean userAgents, int anonymizedIpParts, @Nullable PseudonymSettings pseudonyms) {

    public static final PipelineSettings DEFAULTS = new PipelineSettings(true, 0, null);
}
