package dev.internalevents.grpc;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.internalevents.client.EventContext;
import dev.internalevents.client.EventContextFactory;
import dev.internalevents.client.VerifiedClaims;
import dev.internalevents.protocol.FieldLimits;
import io.grpc.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the context of a call from its metadata. */
final class CallContexts {

    /** Metadata keys, created once; their names are lower case. */
    private static final Map<String, Metadata.Key<String>> KEYS =
            EventContextFactory.headers().stream().collect(toUnmodifiableMap(name -> name, CallContexts::key));

    private static final Metadata.Key<String> LANGUAGE_SERVER = key("X-Gitlab-Language-Server-Version");
    private static final int MAX_VERSION = 64;

    private final EventContextFactory factory;

    CallContexts(EventContextFactory factory) {
        this.factory = factory;
    }

    static Metadata.Key<String> key(String header) {
        return Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER);
    }

    EventContext of(Metadata metadata, @Nullable VerifiedClaims claims) {
        EventContext context = factory.fromHeaders(name -> header(metadata, name), claims);
        String languageServer = metadata.get(LANGUAGE_SERVER);
        return languageServer == null || languageServer.isBlank()
                ? context
                : withLanguageServer(context, FieldLimits.cut(languageServer.strip(), MAX_VERSION));
    }

    private static @Nullable String header(Metadata metadata, String name) {
        Metadata.Key<String> key = KEYS.get(name);
        return key == null ? null : metadata.get(key);
    }

    /** Put first, so that an {@code extra} with too many keys does not lose it. */
    private static EventContext withLanguageServer(EventContext context, String version) {
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("lsp_version", version);
        context.extra().forEach((key, value) -> {
            if (!key.equals("lsp_version")) {
                extra.put(key, value);
            }
        });
        EventContext with = context.toBuilder().extra(extra).build();
        // Both together may exceed the limit; the caller's own values take precedence then.
        return with.extra().isEmpty() ? context : with;
    }
}
