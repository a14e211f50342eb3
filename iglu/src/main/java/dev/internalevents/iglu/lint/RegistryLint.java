package dev.internalevents.iglu.lint;

import dev.internalevents.iglu.SchemaCheck;
import dev.internalevents.iglu.SchemaProblem;
import dev.internalevents.protocol.SchemaKey;
import dev.internalevents.protocol.SchemaVersion;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks files and folders of schemas in Iglu's layout, {@code VENDOR/NAME/jsonschema/VERSION}: each schema itself, its
 * path, and the sequence of its versions. Symbolic links below a folder are not followed, and files larger than 4 MB
 * are not read. Blocks while it reads. For one thread.
 */
public final class RegistryLint {

    private static final long MAX_BYTES = 4_000_000;
    private static final int LAYOUT = 4;
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]*-(0|[1-9][0-9]*)-(0|[1-9][0-9]*)");
    private static final String EXPECTED_PATH = "expected VENDOR/NAME/jsonschema/VERSION, with a version such as 1-0-0";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonMapper EACH_KEY_ONCE = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Set<SchemaKey> skipped;
    /** The number of files in folders that may be schemas. */
    private int seen;

    private final List<Finding> findings = new ArrayList<>();
    private final Map<SchemaKey, Path> files = new HashMap<>();
    /** The versions, with their files, of each schema in folders that were read as a whole. */
    private final Map<String, TreeMap<SchemaVersion, Path>> versions = new TreeMap<>();

    private RegistryLint(Set<SchemaKey> skipped) {
        this.skipped = skipped;
    }

    /**
     * The result of a check.
     *
     * @param schemas the number of schemas checked
     * @param findings the findings, ordered by file
     */
    public record Report(int schemas, List<Finding> findings) {

        public Report {
            findings = List.copyOf(findings);
        }
    }

    /** Returns the names of the checks that can be skipped: those that give warnings. */
    public static Set<String> skippableChecks() {
        return new TreeSet<>(SchemaRules.SKIPPABLE);
    }

    /**
     * Checks files, and the schemas in folders.
     *
     * @param paths files and folders; a folder that contains a folder {@code schemas} stands for that folder
     * @param skippedChecks see {@link #skippableChecks()}
     * @param skippedSchemas schemas that are not checked
     * @throws NoSuchFileException naming the path, if one of the paths does not exist
     * @throws IOException if a folder cannot be read
     */
    public static Report check(List<Path> paths, Set<String> skippedChecks, Set<SchemaKey> skippedSchemas)
            throws IOException {
        RegistryLint lint = new RegistryLint(skippedSchemas);
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                lint.folder(path);
            } else if (Files.isRegularFile(path)) {
                lint.file(path, false);
            } else {
                throw new NoSuchFileException(path.toString());
            }
        }
        lint.checkVersions();
        return new Report(
                lint.files.size(),
                lint.findings.stream()
                        .filter(finding -> !skippedChecks.contains(finding.check()))
                        .sorted(Comparator.comparing(Finding::file))
                        .toList());
    }

    private void folder(Path folder) throws IOException {
        Path schemas = folder.resolve("schemas");
        Path named = Files.isDirectory(schemas) ? schemas : folder;
        // A named folder is read even if it is a link; links inside it are not followed.
        Path start = Files.isSymbolicLink(named) ? named.toRealPath() : named;
        int before = seen;
        Files.walkFileTree(start, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
                return isHidden(inner) && !inner.equals(start)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) {
                Path file = named.resolve(start.relativize(found));
                boolean isLeftOut = isHidden(file) || file.toString().endsWith(".md");
                seen += isLeftOut ? 0 : 1;
                if (attributes.isSymbolicLink()) {
                    layout(file, "is a symbolic link, which is not followed; expected a file");
                } else if (!attributes.isRegularFile()) {
                    layout(file, "is a device, a pipe or a socket, which is not read; expected a file");
                } else if (!isLeftOut) {
                    file(file, true);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                seen++;
                layout(file, "cannot be read (" + e.getMessage() + ")");
                return FileVisitResult.CONTINUE;
            }
        });
        if (seen == before) {
            layout(folder, "has no schemas; expected schemas/VENDOR/NAME/jsonschema/VERSION below it");
        }
    }

    private static boolean isHidden(Path path) {
        Path name = path.getFileName();
        return name != null
                && name.toString().startsWith(".")
                && name.toString().length() > 2;
    }

    private void layout(Path file, String message) {
        findings.add(Finding.error(file, "", "layout", message));
    }

    private void file(Path file, boolean isWithItsVersions) {
        Path place = file.toAbsolutePath().normalize();
        if (place.getNameCount() >= LAYOUT
                && !name(place, 2).equals("jsonschema")
                && VERSION.matcher(name(place, 1)).matches()
                && name(place, LAYOUT + 1).equals("schemas")) {
            return; // A schema in another format.
        }
        SchemaKey key = key(place);
        if (key == null) {
            layout(file, "its path ends with " + tail(place) + "; " + EXPECTED_PATH);
            return;
        } else if (skipped.contains(key)) {
            return;
        }
        Path other = files.putIfAbsent(key, file);
        if (other != null) {
            if (!other.toAbsolutePath().normalize().equals(place)) {
                layout(file, "is " + key + ", as is " + other + "; expected each schema only once");
            }
            return;
        }
        if (isWithItsVersions) {
            versions.computeIfAbsent(key.vendor() + "/" + key.name(), name -> new TreeMap<>())
                    .put(key.version(), file);
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                layout(file, "has more than 4 MB, which no collector reads; expected a smaller schema");
                return;
            }
            schema(file, key, Files.readString(file));
        } catch (CharacterCodingException e) {
            layout(file, "is not UTF-8; expected JSON in UTF-8");
        } catch (IOException e) {
            layout(file, "cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Returns the name at a position from the end, starting with 1 for the last; empty if the path has fewer names. */
    private static String name(Path place, int fromEnd) {
        int names = place.getNameCount();
        return fromEnd > names ? "" : place.getName(names - fromEnd).toString();
    }

    private static @Nullable SchemaKey key(Path place) {
        if (!name(place, 2).equals("jsonschema")
                || !VERSION.matcher(name(place, 1)).matches()) {
            return null;
        }
        try {
            return SchemaKey.of(name(place, 4), name(place, 3), name(place, 1));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String tail(Path place) {
        int names = place.getNameCount();
        return place.subpath(Math.max(0, names - LAYOUT), names).toString().replace('\\', '/');
    }

    private void schema(Path file, SchemaKey key, String text) {
        JsonNode schema;
        try {
            schema = JSON.readTree(text);
        } catch (JacksonException | StackOverflowError e) {
            findings.add(Finding.error(file, "", "json", "is not JSON: " + firstLine(e)));
            return;
        }
        checkKeys(file, text);
        List<SchemaProblem> problems = new ArrayList<>(SchemaCheck.problems(key, text));
        if (schema.isObject()) {
            missing(schema, "$schema", problems);
            missing(schema, "self", problems);
            checkSupersedes(schema.get("$supersedes"), key, problems);
        }
        problems.forEach(problem -> findings.add(Finding.error(file, problem.pointer(), "schema", problem.message())));
        if (problems.isEmpty()) {
            findings.addAll(SchemaRules.check(file, schema));
        }
        checkSuperseding(file, schema, key);
    }

    private void checkKeys(Path file, String text) {
        try {
            EACH_KEY_ONCE.readTree(text);
        } catch (JacksonException e) {
            findings.add(
                    Finding.warning(file, "", "duplicateKeys", "duplicate key, the last one counts: " + firstLine(e)));
        }
    }

    private static void missing(JsonNode schema, String block, List<SchemaProblem> problems) {
        if (!schema.has(block)) {
            problems.add(new SchemaProblem(
                    "", "has no " + block + "; expected " + (block.equals("self") ? SELF : META_SCHEMA)));
        }
    }

    private static final String META_SCHEMA =
            "\"$schema\": \"http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#\"";
    private static final String SELF = "\"self\" with vendor, name, format and version, as in its path";

    private static void checkSupersedes(@Nullable JsonNode superseded, SchemaKey key, List<SchemaProblem> problems) {
        if (superseded == null) {
            return;
        }
        boolean isRight = superseded.isArray() && !superseded.isEmpty();
        for (JsonNode version : superseded.values()) {
            isRight &= version.isString()
                    && VERSION.matcher(version.asString()).matches()
                    && SchemaVersion.parse(version.asString()).compareTo(key.version()) < 0;
        }
        if (!isRight) {
            problems.add(new SchemaProblem(
                    "/$supersedes", "found " + superseded + ", expected an array of versions below " + key.version()));
        }
    }

    private void checkSuperseding(Path file, JsonNode schema, SchemaKey key) {
        JsonNode by = schema.path("$supersededBy");
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null
                && by.isString()
                && VERSION.matcher(by.asString()).matches()
                && !Files.isRegularFile(folder.resolve(by.asString()))) {
            findings.add(Finding.error(
                    file,
                    "/$supersededBy",
                    "schema",
                    "there is no " + by.asString() + " beside " + key.version()
                            + "; each event that names this schema fails"));
        }
    }

    private void checkVersions() {
        versions.forEach((name, found) -> {
            SchemaVersion before = null;
            for (Map.Entry<SchemaVersion, Path> version : found.entrySet()) {
                if (!follows(before, version.getKey())) {
                    findings.add(Finding.warning(
                            version.getValue(),
                            "",
                            "versions",
                            before == null
                                    ? "is the first version of " + name + "; expected 1-0-0"
                                    : "follows " + before + "; expected the version after it, without a gap"));
                }
                before = version.getKey();
            }
        });
    }

    private static boolean follows(@Nullable SchemaVersion before, SchemaVersion version) {
        if (before == null) {
            return version.equals(new SchemaVersion(1, 0, 0));
        }
        return version.equals(new SchemaVersion(before.model(), before.revision(), before.addition() + 1))
                || version.equals(new SchemaVersion(before.model(), before.revision() + 1, 0))
                || version.equals(new SchemaVersion(before.model() + 1, 0, 0));
    }

    private static String firstLine(Throwable e) {
        if (!(e instanceof JacksonException json)) {
            return "nested too deeply";
        }
        TokenStreamLocation place = json.getLocation();
        String what =
                String.valueOf(json.getOriginalMessage()).lines().findFirst().orElse("unreadable");
        return (place == null ? "" : "line " + place.getLineNr() + ", column " + place.getColumnNr() + ": ") + what;
    }
}
