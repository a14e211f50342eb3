package dev.internalevents.protocol;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One event as a tracker sends it: flat parameters whose values are all strings.
 *
 * @param parameters by their short names ({@code e}, {@code se_ac}, …), in the order sent; immutable
 */
public record TrackerPayload(Map<String, String> parameters) {

    public TrackerPayload {
        parameters = parameters instanceof Own || parameters instanceof Built ? parameters : Own.copyOf(parameters);
    }

    /**
     * Returns an event whose parameters are built when they are first read.
     *
     * @param length the approximate length of all values in characters
     * @param parameters called at most once, by any thread
     */
    public static TrackerPayload built(long length, Supplier<Map<String, String>> parameters) {
        return new TrackerPayload(new Built(length, parameters));
    }

    /** Parameters that no other code can change. */
    static final class Own extends AbstractMap<String, String> {
        private final Map<String, String> parameters;

        private Own(Map<String, String> parameters) {
            this.parameters = parameters;
        }

        private static Own copyOf(Map<String, String> parameters) {
            return new Own(new LinkedHashMap<>(parameters));
        }

        /**
         * Wraps the fields that {@link Json} read of an object; they are no longer modified, and all values are
         * strings.
         */
        @SuppressWarnings("unchecked")
        static Own of(Map<String, ?> parsed) {
            return new Own((Map<String, String>) parsed);
        }

        @Override
        public @Nullable String get(Object name) {
            return parameters.get(name);
        }

        @Override
        public boolean containsKey(Object name) {
            return parameters.containsKey(name);
        }

        @Override
        public Set<Entry<String, String>> entrySet() {
            return Collections.unmodifiableMap(parameters).entrySet();
        }

        @Override
        public Set<String> keySet() {
            return Collections.unmodifiableSet(parameters.keySet());
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super String> action) {
            parameters.forEach(action);
        }
    }

    /** Parameters that are built when they are first read. */
    private static final class Built extends AbstractMap<String, String> {
        private final long length;
        private @Nullable Supplier<Map<String, String>> source;
        private Map<String, String> parameters = Map.of();

        private Built(long length, Supplier<Map<String, String>> source) {
            this.length = length;
            this.source = source;
        }

        @Override
        public synchronized Set<Entry<String, String>> entrySet() {
            Supplier<Map<String, String>> from = source;
            if (from != null) {
                parameters = Collections.unmodifiableMap(from.get());
                source = null;
            }
            return parameters.entrySet();
        }
    }

    /**
     * Returns the length of all values in characters; approximate for an event whose parameters are built when they are
     * read.
     */
    public long length() {
        if (parameters instanceof Built built) {
            return built.length;
        }
        long length = 0;
        for (String value : parameters.values()) {
            length += value.length();
        }
        return length;
    }

    /** Returns the value of a parameter, or null if it was not sent. */
    public @Nullable String get(String parameter) {
        return parameters.get(parameter);
    }

    /**
     * Returns the contexts of {@code cx} or, if it was not sent, of {@code co}; none if neither was sent.
     *
     * @throws MalformedPayloadException naming the parameter, if it cannot be parsed
     */
    public Contexts contexts() {
        return contexts(EnvelopeVersions.PUBLISHED);
    }

    /** As {@link #contexts()}, with the given versions of the envelope accepted. */
    public Contexts contexts(EnvelopeVersions versions) {
        String base64 = sent("cx");
        String json = base64 == null ? sent("co") : null;
        try {
            if (base64 != null) {
                return Contexts.fromBase64(base64, versions);
            }
            return json == null ? Contexts.NONE : Contexts.fromJson(json, versions);
        } catch (MalformedPayloadException e) {
            throw named(base64 != null ? "cx" : "co", e);
        }
    }

    /**
     * Returns the self-describing event of {@code ue_px} or, if it was not sent, of {@code ue_pr}; null if neither was
     * sent.
     *
     * @throws MalformedPayloadException naming the parameter, if it cannot be parsed
     */
    public @Nullable UnstructEvent unstructEvent() {
        return unstructEvent(EnvelopeVersions.PUBLISHED);
    }

    /** As {@link #unstructEvent()}, with the given versions of the envelope accepted. */
    public @Nullable UnstructEvent unstructEvent(EnvelopeVersions versions) {
        String base64 = sent("ue_px");
        String json = base64 == null ? sent("ue_pr") : null;
        try {
            if (base64 != null) {
                return UnstructEvent.fromBase64(base64, versions);
            }
            return json == null ? null : UnstructEvent.fromJson(json, versions);
        } catch (MalformedPayloadException e) {
            throw named(base64 != null ? "ue_px" : "ue_pr", e);
        }
    }

    /** Returns the value of a parameter; null if it was not sent or is empty. */
    private @Nullable String sent(String parameter) {
        String value = parameters.get(parameter);
        return value == null || value.isEmpty() ? null : value;
    }

    private static MalformedPayloadException named(String parameter, MalformedPayloadException e) {
        return new MalformedPayloadException(parameter + ": " + e.getMessage(), e);
    }
}
