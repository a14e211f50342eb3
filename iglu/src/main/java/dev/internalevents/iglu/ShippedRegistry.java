package dev.internalevents.iglu;

import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
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
 * The schemas shipped with the product: those of Snowplow's trackers and of GitLab, one file for each released version.
 * A file named {@code x-x-x} stands for every version newer than the one in its {@code self}, and is returned with the
 * requested version: GitLab releases versions more often than this product. A version missing among older ones was
 * never released, so it is unknown here too. A schema is read when it is requested.
 */
public final class ShippedRegistry implements Registry {

    private static final String NEWER = "x-x-x";

    @Override
    public String name() {
        return "shipped schemas";
    }

    @Override
    public Answer find(SchemaKey key) {
        return resource(key.path())
                .or(() -> resource(key.vendor() + "/" + key.name() + "/" + key.format() + "/" + NEWER)
                        .flatMap(schema -> ifNewer(schema, key)))
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

    /** Returns the schema with the requested version, if that is newer than the schema's own. */
    private static Optional<String> ifNewer(String schema, SchemaKey key) {
        Map<String, Object> versioned = new LinkedHashMap<>(object(Json.parse(schema)));
        Map<String, Object> self = new LinkedHashMap<>(object(versioned.get("self")));
        SchemaVersion newest = SchemaVersion.parse(String.valueOf(self.get("version")));
        if (key.version().compareTo(newest) <= 0) {
            return Optional.empty();
        }
        self.put("version", key.version().toString());
        versioned.put("self", self);
        return Optional.of(Json.write(versioned));
    }

    @SuppressWarnings("unchecked") // These files are ours.
    private static Map<String, Object> object(@Nullable Object json) {
        return (Map<String, Object>) Objects.requireNonNull(json);
    }
}
