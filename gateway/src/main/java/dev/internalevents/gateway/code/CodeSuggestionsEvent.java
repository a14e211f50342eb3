package dev.internalevents.gateway.code;

import dev.internalevents.client.RequestTracking;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.client.legacy.SnowplowEvent;
import dev.internalevents.client.legacy.SnowplowEventContext;
import dev.internalevents.client.legacy.SnowplowInstrumentator;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Sends the legacy Code Suggestions event with the same values as GitLab's AI Gateway: unknown texts are empty, lengths
 * are in Unicode code points. Never fails a request.
 */
@Component
@SuppressWarnings("deprecation") // Sent until its consumers have moved to internal events.
class CodeSuggestionsEvent {

    private static final Logger LOG = LoggerFactory.getLogger(CodeSuggestionsEvent.class);

    private final SnowplowInstrumentator instrumentator;
    private final @Nullable String region;

    /** @param region where the gateway runs; empty if unknown */
    CodeSuggestionsEvent(SnowplowInstrumentator instrumentator, @Value("${gateway.region:}") String region) {
        this.instrumentator = instrumentator;
        this.region = region.isEmpty() ? null : region;
    }

    void suggestionRequested(HttpServletRequest request, CodeRequest.File file) {
        try {
            instrumentator.watch(new SnowplowEvent(SnowplowEventContext.builder()
                    .gitlabRealm(realm(request))
                    .gitlabHostName(header(request, "X-Gitlab-Host-Name"))
                    .gitlabInstanceId(header(request, "X-Gitlab-Instance-Id"))
                    .gitlabGlobalUserId(header(request, "X-Gitlab-Global-User-Id"))
                    .gitlabSaasDuoProNamespaceIds(ids(header(request, "X-Gitlab-Saas-Duo-Pro-Namespace-Ids")))
                    .language(Objects.requireNonNullElse(Languages.of(file.name()), ""))
                    .prefixLength(codePoints(file.above()))
                    .suffixLength(codePoints(file.below()))
                    // True only for a token issued by the gateway itself; this gateway issues none.
                    .directConnection(false)
                    .region(region)
                    .build()));
        } catch (RuntimeException | Error e) {
            LOG.warn("the legacy Code Suggestions event could not be created", e);
        }
    }

    /**
     * Returns the realm. The header takes precedence over the token's claims, unlike in the context of internal events.
     */
    private static String realm(HttpServletRequest request) {
        String realm = header(request, "X-Gitlab-Realm");
        if (realm.isEmpty()) {
            RequestTracking tracking = RequestTracking.current();
            VerifiedClaims claims = tracking == null ? null : tracking.claims();
            realm = claims == null ? "" : Objects.requireNonNullElse(claims.realm(), "");
        }
        return realm.toLowerCase(Locale.ROOT);
    }

    /** Parses ids separated by commas; parts that are not ids are left out. */
    private static List<Long> ids(String header) {
        List<Long> ids = new ArrayList<>();
        for (String part : header.split(",", -1)) {
            try {
                ids.add(Long.valueOf(part.strip()));
            } catch (NumberFormatException e) {
                // Not an id: keep the others.
            }
        }
        return ids;
    }

    private static long codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String header(HttpServletRequest request, String name) {
        return Objects.requireNonNullElse(request.getHeader(name), "");
    }
}
