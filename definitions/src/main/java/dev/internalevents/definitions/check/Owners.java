package dev.internalevents.definitions.check;

import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Source;
import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue.Entry;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import dev.internalevents.definitions.yaml.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The groups and categories that may own definitions. An empty set allows any name.
 *
 * @param groups the allowed values of {@code product_group}
 * @param categories the allowed values of {@code product_categories}
 */
public record Owners(Set<String> groups, Set<String> categories) {

    /** Allows any name. */
    public static final Owners ANY = new Owners(Set.of(), Set.of());

    private static final String EXPECTED =
            "expected a list of groups, or a map with product_groups and product_categories, or with stages as in GitLab's"
                    + " stages.yml";

    public Owners {
        groups = Collections.unmodifiableSet(new LinkedHashSet<>(groups));
        categories = Collections.unmodifiableSet(new LinkedHashSet<>(categories));
    }

    /**
     * Reads a YAML file: a list of groups; a map with the lists {@code product_groups} and {@code product_categories},
     * one of which may be missing; or GitLab's {@code stages.yml}, whose stages have groups, which have categories.
     * Blocks.
     *
     * @throws IOException if the file cannot be read, or has neither groups nor categories
     */
    public static Owners read(Path file) throws IOException {
        try {
            YamlValue value = YamlFile.parse(Files.readString(file));
            Set<String> groups = new TreeSet<>();
            Set<String> categories = new TreeSet<>();
            if (value instanceof Mapping map) {
                groups.addAll(texts(map, "product_groups"));
                categories.addAll(texts(map, Keys.PRODUCT_CATEGORIES));
                for (Mapping stage : maps(map, "stages")) {
                    Mapping ofStage = map(stage, "groups");
                    groups.addAll(
                            ofStage == null ? List.of() : ofStage.entries().keySet());
                    maps(stage, "groups").forEach(group -> categories.addAll(texts(group, "categories")));
                }
            } else {
                groups.addAll(texts(value));
            }
            if (groups.isEmpty() && categories.isEmpty()) {
                throw new IOException(file + ": " + EXPECTED + ", found " + value.describe());
            }
            return new Owners(groups, categories);
        } catch (YamlSyntaxException e) {
            throw new IOException(file + ":" + e.line() + ": " + e.getMessage() + "; " + EXPECTED, e);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": does not exist; " + EXPECTED, e);
        }
    }

    /**
     * Returns a problem for each name in a definition that is not allowed.
     *
     * @param file the path of the definition below the root
     */
    public List<Problem> check(String file, Mapping definition) {
        List<Problem> problems = new ArrayList<>();
        check(Keys.PRODUCT_GROUP, definition, groups, file, problems);
        check(Keys.PRODUCT_CATEGORIES, definition, categories, file, problems);
        return problems;
    }

    private static void check(
            String key, Mapping definition, Set<String> known, String file, List<Problem> problems) {
        Entry entry = definition.entries().get(key);
        if (entry == null || known.isEmpty()) {
            return;
        }
        List<YamlValue> values = entry.value() instanceof Sequence list ? list.items() : List.of(entry.value());
        for (YamlValue value : values) {
            if (value instanceof Text text && !known.contains(text.value())) {
                problems.add(new Problem(
                        Problem.Severity.REFUSED_BY_GITLAB,
                        new Source(file, text.line()),
                        key,
                        "unknown name \"" + text.value() + "\"" + NearestName.hint(text.value(), known)));
            }
        }
    }

    private static @Nullable Mapping map(Mapping of, String key) {
        Entry entry = of.entries().get(key);
        return entry != null && entry.value() instanceof Mapping map ? map : null;
    }

    /** Returns those values of a map that are maps. */
    private static List<Mapping> maps(Mapping of, String key) {
        List<Mapping> maps = new ArrayList<>();
        Mapping parent = map(of, key);
        if (parent != null) {
            parent.entries().values().forEach(entry -> {
                if (entry.value() instanceof Mapping map) {
                    maps.add(map);
                }
            });
        }
        return maps;
    }

    private static List<String> texts(Mapping of, String key) {
        Entry entry = of.entries().get(key);
        return entry == null ? List.of() : texts(entry.value());
    }

    private static List<String> texts(YamlValue value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof Sequence list) {
            for (YamlValue item : list.items()) {
                if (item instanceof Text text) {
                    texts.add(text.value());
                }
            }
        }
        return texts;
    }
}
