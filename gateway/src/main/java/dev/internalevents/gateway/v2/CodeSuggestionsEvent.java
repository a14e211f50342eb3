package dev.internalevents.gateway.v2;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.legacy.SnowplowEvent;
import dev.internalevents.client.legacy.SnowplowEventContext;
import dev.internalevents.client.legacy.SnowplowInstrumentator;
import dev.internalevents.gateway.model.CodeModel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The legacy event of a suggestion, from the request's context and the text around the cursor. Never fails a request. */
@Component
@SuppressWarnings("deprecation") // It is sent until its consumers have moved to internal events.
class CodeSuggestionsEvent {

    private static final Logger LOG = LoggerFactory.getLogger(CodeSuggestionsEvent.class);

    private final SnowplowInstrumentator instrumentator;

    CodeSuggestionsEvent(SnowplowInstrumentator instrumentator) {
        this.instrumentator = instrumentator;
    }

    void suggestionRequested(CodeRequest.File file, @Nullable String language, CodeModel model) {
        try {
            EventContext request = EventContext.current();
            long above = file.above().getBytes(StandardCharsets.UTF_8).length;
            long below = file.below().getBytes(StandardCharsets.UTF_8).length;
            instrumentator.watch(new SnowplowEvent(SnowplowEventContext.builder()
                    .gitlabRealm(request.realm())
                    .gitlabHostName(request.hostName())
                    .gitlabInstanceId(request.instanceId())
                    .gitlabInstanceVersion(request.instanceVersion())
                    .gitlabGlobalUserId(request.globalUserId())
                    .gitlabSaasDuoProNamespaceIds(request.featureEnabledByNamespaceIds())
                    .language(language)
                    .modelEngine(model.engine())
                    .modelName(model.name())
                    .prefixLength((long) file.above().length())
                    .suffixLength((long) file.below().length())
                    .contentAboveCursorSizeBytes(above)
                    .contentBelowCursorSizeBytes(below)
                    .totalContextSizeBytes(above + below)
                    .build()));
        } catch (RuntimeException e) {
            LOG.warn("the legacy Code Suggestions event could not be made", e);
        }
    }
}
