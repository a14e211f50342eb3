package dev.internalevents.protocol;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One event as a tracker sends it: flat parameters, all values text.
 *
 * @param parameters by their short names ({@code e}, {@code se_ac}, …), in the order sent; immutable
 */
public record TrackerPayload(Map<String, String> parameters) {

    public TrackerPayload {
        parameters = parameters instanceof Own ? parameters : new Own(parameters);
    }

    /** Parameters that nobody else can change. */
    static final class Own extends AbstractMap<String, String> {
        private final Map<String, String> parameters;

        private Own(Map<String, String> parameters) {
            this.parameters = new LinkedHashMap<>(parameters);
        }

        /** @param size how many there will be, about */
        Own(int size) {
            this.parameters = new LinkedHashMap<>(size * 2);
        }

        /** For whoever makes it, before anybody else has it. */
        void add(String name, String value) {
            parameters.put(name, value);
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

    /** The value of a parameter, or null where it was not sent. */
    public @Nullable String get(String parameter) {
        return parameters.get(parameter);
    }

    /**
     * The contexts of {@code cx} (looked at first) or {@code co}; none when neither was sent.
     *
     * @throws MalformedPayloadException naming the parameter, when it cannot be read
     */
    public Contexts contexts() {
        return contexts(EnvelopeVersions.PUBLISHED);
    }

    /** As {@link #contexts()}, with the versions of the envelope that are read. */
    public Contexts contexts(EnvelopeVersions versions) {
        Contexts contexts = read(
                "cx", text -> Contexts.fromBase64(text, versions), "co", text -> Contexts.fromJson(text, versions));
        return contexts == null ? Contexts.NONE : contexts;
    }

    /**
     * The self-describing event of {@code ue_px} (looked at first) or {@code ue_pr}; null when neither was sent.
     *
     * @throws MalformedPayloadException naming the parameter, when it cannot be read
     */
    public @Nullable UnstructEvent unstructEvent() {
        return unstructEvent(EnvelopeVersions.PUBLISHED);
    }

    /** As {@link #unstructEvent()}, with the versions of the envelope that are read. */
    public @Nullable UnstructEvent unstructEvent(EnvelopeVersions versions) {
        return read(
                "ue_px",
                text -> UnstructEvent.fromBase64(text, versions),
                "ue_pr",
                text -> UnstructEvent.fromJson(text, versions));
    }

    private <T> @Nullable T read(
            String encoded, Function<String, T> fromBase64, String plain, Function<String, T> fromJson) {
        String base64 = parameters.get(encoded);
        if (base64 != null && !base64.isEmpty()) {
            return named(encoded, fromBase64, base64);
        }
        String json = parameters.get(plain);
        return json == null || json.isEmpty() ? null : named(plain, fromJson, json);
    }

    private static <T> T named(String parameter, Function<String, T> reader, String value) {
        try {
            return reader.apply(value);
        } catch (MalformedPayloadException e) {
            throw new MalformedPayloadException(parameter + ": " + e.getMessage(), e);
        }
    }
}
