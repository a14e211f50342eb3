package dev.internalevents.iglu;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that come with the product: those of Snowplow's trackers, a file for each released version, and GitLab's, a
 * file for each model. A file named {@code 1-x-x} stands for every version of that model: it is found under each, with the
 * version asked for in its {@code self}. A schema is read when it is asked for.
 */
public final class ShippedRegistry implements Registry {

    @Override
    public String name() {
        return "shipped schemas";
    }

    @Override
    public Answer find(SchemaKey key) {
        return resource(key.path())
                .or(() -> resource(key.vendor() + "/" + key.name() + "/" + key.format() + "/"
                                + key.version().model() + "-x-x")
                        .map(schema -> withVersion(schema, key)))
                .<Answer>map(Present::new)
                .orElseGet(Missing::new);
    }

    private static Optional<String> resource(String path) {
        try (InputStream in = ShippedRegistry.class.getResourceAsStream("schemas/" + path)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withVersion(String schema, SchemaKey key) {
        Map<String, Object> versioned = new LinkedHashMap<>(object(Json.parse(schema)));
        Map<String, Object> self = new LinkedHashMap<>(object(versioned.get("self")));
        self.put("version", key.version().toString());
        versioned.put("self", self);
        return Json.write(versioned);
    }

    @SuppressWarnings("unchecked") // These files are ours.
    private static Map<String, Object> object(@Nullable Object json) {
        return (Map<String, Object>) Objects.requireNonNull(json);
    }
}
