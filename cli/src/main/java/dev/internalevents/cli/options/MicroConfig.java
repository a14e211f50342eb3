package dev.internalevents.cli.options;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A configuration of Snowplow's collector and enrich, as Micro accepts it: a HOCON file or properties.
 *
 * @param port {@code collector.port}; empty if not set
 * @param unused all other keys that are set, sorted
 */
record MicroConfig(Optional<Integer> port, List<String> unused) {

    private static final String PORT = "collector.port";

    MicroConfig {
        unused = List.copyOf(unused);
    }

    /**
     * Reads a file.
     *
     * @param option the option that names the file, for error messages
     * @throws IllegalArgumentException naming the file and the wrong line
     */
    static MicroConfig read(String option, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(option + ": " + file + " "
                    + (Files.notExists(file) ? "does not exist" : "is not a file that can be read")
                    + "; expected a HOCON file");
        }
        try {
            ConfigParseOptions options =
                    ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new LocalIncluder());
            return of(ConfigFactory.parseFile(file.toFile(), options).resolve());
        } catch (ConfigException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage() + "; expected a HOCON file", e);
        }
    }

    /**
     * Reads properties.
     *
     * @throws IllegalArgumentException naming the property that is wrong
     */
    static MicroConfig of(Map<String, String> properties) {
        try {
            return of(ConfigFactory.parseMap(properties, "-D"));
        } catch (ConfigException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    private static MicroConfig of(Config config) {
        Optional<Integer> port = config.hasPath(PORT) ? Optional.of(config.getInt(PORT)) : Optional.empty();
        List<String> unused = new ArrayList<>();
        config.root().keySet().stream()
                .sorted()
                .flatMap(name -> keys(config, name))
                .forEach(unused::add);
        unused.remove(PORT);
        return new MicroConfig(port, unused);
    }

    /** Returns the full names of the keys directly below a key, or its own name if it has none. */
    private static Stream<String> keys(Config config, String name) {
        return config.root().get(name) instanceof Map<?, ?> object
                ? object.keySet().stream().map(key -> name + "." + key).sorted()
                : Stream.of(name);
    }
}
