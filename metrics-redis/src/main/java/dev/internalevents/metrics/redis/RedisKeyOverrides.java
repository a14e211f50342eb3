package dev.internalevents.metrics.redis;

import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps the keys of counters to older keys, so that counting continues in an existing Redis. GitLab has two such files,
 * which can be used unchanged: a YAML map from today's key to the older one. A key that starts with a brace is a
 * complete key, with the week if it has one: {@code '{event_counters}_web_ide_viewed': WEB_IDE_VIEWS_COUNT}. Any other
 * key is the part between the kind and the week: {@code 'agent_used-user': agent_users}. Immutable.
 */
public final class RedisKeyOverrides {

    /** No overrides: every counter has today's key. */
    public static final RedisKeyOverrides NONE = new RedisKeyOverrides(Map.of());

    private final Map<String, String> keys;

    private RedisKeyOverrides(Map<String, String> keys) {
        this.keys = Map.copyOf(keys);
    }

    /** Returns the overrides of a map, which has the same form as the files. */
    public static RedisKeyOverrides of(Map<String, String> keys) {
        return new RedisKeyOverrides(keys);
    }

    /**
     * Reads files, each of at most {@value YamlFile#MAX_LENGTH} characters. Blocks.
     *
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException if a file is not a map of texts, or a key occurs twice; the message names the
     *     line
     */
    public static RedisKeyOverrides read(Collection<Path> files) throws IOException {
        Map<String, String> keys = new HashMap<>();
        for (Path file : files) {
            read(file, keys);
        }
        return new RedisKeyOverrides(keys);
    }

    /** As {@link #read(Collection)}. */
    public static RedisKeyOverrides read(Path... files) throws IOException {
        return read(List.of(files));
    }

    private static void read(Path file, Map<String, String> keys) throws IOException {
        YamlValue document;
        try {
            document = YamlFile.parse(Files.readString(file));
        } catch (YamlSyntaxException e) {
            throw new IllegalArgumentException(file + ":" + e.line() + ": " + e.getMessage(), e);
        } catch (MalformedInputException e) {
            throw new IllegalArgumentException(file + ": not UTF-8; save it as UTF-8", e);
        }
        if (document instanceof YamlValue.Nothing) {
            return;
        }
        if (!(document instanceof YamlValue.Mapping map)) {
            throw wrong(
                    file,
                    document.line(),
                    "expected a map such as '{event_counters}_NAME': OLD_KEY, found " + document.describe());
        }
        map.entries().forEach((key, entry) -> {
            if (!(entry.value() instanceof YamlValue.Text text) || text.value().isBlank()) {
                throw wrong(
                        file,
                        entry.line(),
                        key + ": expected the older key, found " + entry.value().describe());
            }
            if (keys.putIfAbsent(key, text.value()) != null) {
                throw wrong(file, entry.line(), key + " is in another file too; remove one");
            }
        });
    }

    private static IllegalArgumentException wrong(Path file, int line, String message) {
        return new IllegalArgumentException(file + ":" + line + ": " + message);
    }

    /** Returns the part of a key between its kind and its week, overridden if there is an older one. */
    String path(String path) {
        return keys.getOrDefault(path, path);
    }

    /** Returns a complete key, overridden if there is an older one. */
    String key(String key) {
        return keys.getOrDefault(key, key);
    }
}
