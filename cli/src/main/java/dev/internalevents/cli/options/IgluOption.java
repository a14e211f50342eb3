package dev.internalevents.cli.options;

import dev.internalevents.collector.CollectorSettingsBuilder;
import dev.internalevents.iglu.HttpRegistry;
import dev.internalevents.iglu.ResolverConfig;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Interprets {@code --iglu}: a URL, a folder, or a resolver configuration, depending on what the path contains. */
final class IgluOption {

    private static final String EXPECTED = "expected a folder with schemas/VENDOR/NAME/jsonschema/VERSION, a resolver's"
            + " configuration such as resolver.json, or a URL that starts with https:// or http://";
    private static final int MAX_NAMES = 5;

    private IgluOption() {}

    /**
     * Adds a registry, or all registries of a resolver configuration.
     *
     * @param key the API key for a URL; null if there is none
     * @throws IllegalArgumentException naming what was found instead
     */
    static void add(CollectorSettingsBuilder settings, String registry, @Nullable String key) throws IOException {
        if (registry.contains("://")) {
            addAddress(settings, "iglu", registry, key);
            return;
        }
        Path path = Path.of(registry);
        if (registry.isBlank() || Files.notExists(path)) {
            throw wrong(registry, "does not exist");
        } else if (Files.isDirectory(path)) {
            checkFolder(path);
            settings.iglu(path);
        } else {
            checkFile(path);
            ResolverConfig.read(path).forEach(settings::iglu);
        }
    }

    /**
     * Adds the registry at a URL.
     *
     * @param setting the option or variable that contains it, for error messages
     */
    static void addAddress(CollectorSettingsBuilder settings, String setting, String text, @Nullable String key) {
        URI address = address(text);
        if (address == null) {
            throw new IllegalArgumentException(setting + ": \"" + text.replaceFirst("//.*@", "//…@")
                    + "\" is not a valid URL of a registry; expected for example https://iglu.example.com/api");
        }
        settings.iglu(new HttpRegistry(new HttpRegistry.Settings(place(address), address, key)));
    }

    private static @Nullable URI address(String text) {
        try {
            URI address = new URI(text.strip());
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            return Conversions.isServer(address) && (scheme.equals("http") || scheme.equals("https")) ? address : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Returns host and port, without any password in the URL. */
    private static String place(URI address) {
        return address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
    }

    /** Accepts a registry, and an empty folder, which may be filled later. */
    private static void checkFolder(Path folder) throws IOException {
        List<Path> entries = entries(folder);
        boolean isRegistry =
                Files.isDirectory(folder.resolve("schemas")) || entries.stream().anyMatch(IgluOption::isVendor);
        if (isRegistry || entries.isEmpty()) {
            return;
        }
        if (isVendor(folder)) {
            throw wrong(folder.toString(), "is the folder of one vendor; give the folder that it is in");
        }
        for (Path below : entries) {
            if (Files.isDirectory(below.resolve("schemas"))) {
                throw wrong(folder.toString(), "has no schemas, but " + below + " has; give that folder");
            }
        }
        for (Path file : entries) {
            if (Files.isRegularFile(file) && file.toString().endsWith(".json") && isResolver(json(file))) {
                throw wrong(folder.toString(), "has no schemas, only a resolver's configuration; give " + file);
            }
        }
        String names = entries.stream()
                .limit(MAX_NAMES)
                .map(entry -> String.valueOf(entry.getFileName()))
                .collect(Collectors.joining(", "));
        throw wrong(folder.toString(), "has no schemas; it has " + names + (entries.size() > MAX_NAMES ? ", …" : ""));
    }

    /** Returns whether one of the folder's subfolders contains {@code jsonschema}. */
    private static boolean isVendor(Path folder) {
        try {
            return Files.isDirectory(folder)
                    && entries(folder).stream().anyMatch(name -> Files.isDirectory(name.resolve("jsonschema")));
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static void checkFile(Path file) throws IOException {
        Object json = json(file);
        if (json instanceof Map<?, ?> schema && schema.get("self") instanceof Map<?, ?> self) {
            String place = "schemas/" + self.get("vendor") + "/" + self.get("name") + "/" + self.get("format") + "/"
                    + self.get("version");
            throw wrong(
                    file.toString(), "is a single schema; put it into a folder as " + place + " and give that folder");
        }
        if (!isResolver(json)) {
            Object found = json instanceof Map<?, ?> object ? object.get("schema") : null;
            throw wrong(
                    file.toString(),
                    json == null
                            ? "is not JSON"
                            : found == null
                                    ? "is JSON without a \"schema\" that says what it is"
                                    : "is not a resolver's configuration but of the schema " + found);
        }
    }

    private static boolean isResolver(@Nullable Object json) {
        return json instanceof Map<?, ?> object
                && String.valueOf(object.get("schema")).contains("/resolver-config/jsonschema/");
    }

    /** Returns the JSON of a file; null if it is not valid JSON. */
    private static @Nullable Object json(Path file) throws IOException {
        try {
            return Json.parse(Files.readAllBytes(file));
        } catch (MalformedPayloadException e) {
            return null;
        }
    }

    private static IllegalArgumentException wrong(String given, String what) {
        return new IllegalArgumentException("iglu: \"" + given + "\" " + what + "; " + EXPECTED);
    }
}
