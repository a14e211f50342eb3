package dev.internalevents.definitions;

import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Entry;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Sequence;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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
        groups = Copies.of(groups);
        categories = Copies.of(categories);
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
                categories.addAll(texts(map, "product_categories"));
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

    /** Reports names that are not allowed. */
    void check(Mapping definition, FileProblems problems) {
        check("product_group", definition, groups, problems);
        check("product_categories", definition, categories, problems);
    }

    private static void check(String key, Mapping definition, Set<String> known, FileProblems problems) {
        Entry entry = definition.entries().get(key);
        if (entry == null || known.isEmpty()) {
            return;
        }
        List<YamlValue> values = entry.value() instanceof Sequence list ? list.items() : List.of(entry.value());
        for (YamlValue value : values) {
            if (value instanceof Text text && !known.contains(text.value())) {
                problems.refusedByGitLab(
                        text.line(),
                        key,
                        "unknown name \"" + text.value() + "\"" + NearestName.hint(text.value(), known));
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
