package dev.internalevents.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One event as a tracker sends it: flat parameters, all values text.
 *
 * @param parameters by their short names ({@code e}, {@code se_ac}, …), in the order sent; immutable
 */
public record TrackerPayload(Map<String, String> parameters) {

    public TrackerPayload {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
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
        Contexts contexts = read("cx", Contexts::fromBase64, "co", Contexts::fromJson);
        return contexts == null ? Contexts.NONE : contexts;
    }

    /**
     * The self-describing event of {@code ue_px} (looked at first) or {@code ue_pr}; null when neither was sent.
     *
     * @throws MalformedPayloadException naming the parameter, when it cannot be read
     */
    public @Nullable UnstructEvent unstructEvent() {
        return read("ue_px", UnstructEvent::fromBase64, "ue_pr", UnstructEvent::fromJson);
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
