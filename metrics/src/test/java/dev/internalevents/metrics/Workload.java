package dev.internalevents.metrics;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.read.DefinitionFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Twenty-three metrics of every kind, and events of ten weeks that are the same for the same seed. */
public final class Workload {

    /** A Wednesday; the week before it is the most recent complete one. */
    public static final Instant NOW = Instant.parse("2026-03-11T12:00:00Z");

    private static final Instant START = Instant.parse("2025-12-31T00:00:00Z");
    private static final List<String> LABELS = List.of("code", "chat", "it's \"quoted\", with a comma");
    private static final List<String> ENGINES = List.of("anthropic", "vertex", "litellm");

    /** Names, time frames and rules. */
    private static final String[][] METRICS = {
        {"counts.every", "all", "{name: opened}, {name: closed}, {name: asked}, {name: unused}"},
        {"counts.total_all", "all", "{name: opened}"},
        {"counts.total_week", "7d", "{name: opened}"},
        {"counts.total_frames", "[7d, 28d, all]", "{name: closed}"},
        {"counts.label", "[28d, all]", "{name: opened, filter: {label: code}}"},
        {"counts.quoted", "all", "{name: opened, filter: {label: \"it's \\\"quoted\\\", with a comma\"}}"},
        {"counts.value", "28d", "{name: opened, filter: {value: 7}}"},
        {"counts.decimal", "all", "{name: closed, filter: {value: 2.50}}"},
        {"counts.custom_text", "[7d, all]", "{name: asked, filter: {engine: vertex}}"},
        {"counts.custom_number", "28d", "{name: asked, filter: {tokens: 3}}"},
        {"counts.two_filters", "all", "{name: asked, filter: {engine: litellm, label: chat}}"},
        {"counts.several", "[7d, 28d, all]", "{name: opened}, {name: closed}, {name: asked, filter: {label: chat}}"},
        {"uniques.users", "[7d, 28d]", "{name: opened, unique: user.id}"},
        {"uniques.projects", "[7d, 28d]", "{name: opened, unique: project.id}"},
        {"uniques.namespaces", "28d", "{name: closed, unique: namespace.id}"},
        {"uniques.filtered", "28d", "{name: asked, unique: user.id, filter: {engine: anthropic}}"},
        {"uniques.several", "28d", "{name: opened, unique: user.id}, {name: closed, unique: user.id}"},
        {"uniques.labels", "[7d, 28d, all]", "{name: opened, unique: label}"},
        {"uniques.values", "all", "{name: opened, unique: value}"},
        {"totals.by_label", "[7d, 28d, all]", "{name: opened, unique: label, operator: total}"},
        {
            "totals.by_value_and_label",
            "[28d, all]",
            "{name: opened, unique: value, operator: total}, {name: asked, unique: label, operator: total,"
                    + " filter: {engine: vertex}}, {name: closed, unique: label, operator: total}"
        },
        {"sums.value", "[7d, 28d, all]", "{name: closed, operator: sum(value)}"},
        {
            "sums.filtered",
            "all",
            "{name: asked, operator: sum(value), filter: {label: code}}, {name: opened, operator: sum(value)}"
        },
    };

    private Workload() {}

    public static Dictionary dictionary(Path folder) {
        try {
            Files.createDirectories(folder.resolve("events"));
            Files.createDirectories(folder.resolve("metrics"));
            for (String event : List.of("opened", "closed", "asked", "unused")) {
                Files.writeString(folder.resolve("events/" + event + ".yml"), """
                        description: Something was %s
                        internal_events: true
                        action: %s
                        identifiers: [user, project, namespace]
                        additional_properties:
                          label: {description: a}
                          property: {description: b}
                          value: {description: c}
                          engine: {description: d}
                          tokens: {description: e}
                        tiers: [free]
                        """.formatted(event, event));
            }
            for (String[] metric : METRICS) {
                Files.writeString(folder.resolve("metrics/" + metric[0] + ".yml"), """
                        key_path: %s
                        description: a count
                        value_type: %s
                        status: active
                        data_source: internal_events
                        time_frame: %s
                        tiers: [free]
                        events: [%s]
                        """.formatted(
                        metric[0], metric[2].contains("operator: total") ? "object" : "number", metric[1], metric[2]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return DefinitionFiles.load(folder);
    }

    /** An event of the workload. */
    public record Event(
            String name,
            long epochMillis,
            @Nullable String user,
            @Nullable String project,
            @Nullable String namespace,
            @Nullable String label,
            @Nullable String property,
            @Nullable Number value,
            Map<String, Object> others)
            implements CountedEvent {

        @Override
        public @Nullable Object additional(String key) {
            return others.get(key);
        }

        String csv() {
            return String.join(
                    ",",
                    name,
                    Instant.ofEpochMilli(epochMillis).toString(),
                    text(user),
                    text(project),
                    text(namespace),
                    text(label),
                    value == null ? "" : new BigDecimal(value.toString()).toPlainString(),
                    text((String) others.get("engine")),
                    others.containsKey("tokens") ? others.get("tokens").toString() : "");
        }

        private static String text(@Nullable String text) {
            return text == null ? "" : '"' + text.replace("\"", "\"\"") + '"';
        }
    }

    /** Generates the first events of the workload, not ordered by time. */
    public static void events(int count, Consumer<Event> consumer) {
        Random random = new Random(20260311);
        long span = NOW.toEpochMilli() - START.toEpochMilli();
        for (int i = 0; i < count; i++) {
            String name = List.of("opened", "closed", "asked", "unused").get(random.nextInt(4));
            double rare = random.nextDouble();
            String user = random.nextInt(20) == 0 ? null : "u" + (int) (60_000 * rare * rare);
            String project = random.nextInt(10) == 0 ? null : String.valueOf(random.nextInt(700));
            Number value = random.nextInt(4) == 0
                    ? null
                    : name.equals("closed")
                            ? (Number) (random.nextInt(40) / 8.0)
                            : (Number) (long) random.nextInt(5_000);
            Map<String, Object> others = name.equals("asked")
                    ? Map.of("engine", ENGINES.get(random.nextInt(3)), "tokens", random.nextInt(9))
                    : Map.of();
            consumer.accept(new Event(
                    name,
                    START.toEpochMilli() + (long) (span * random.nextDouble()),
                    user,
                    project,
                    random.nextInt(3) == 0 ? null : "n" + random.nextInt(30),
                    random.nextInt(5) == 0 ? null : LABELS.get(random.nextInt(3)),
                    null,
                    value,
                    others));
        }
    }
}
