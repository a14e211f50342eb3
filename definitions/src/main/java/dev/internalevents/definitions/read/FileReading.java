package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.Keys;
import dev.internalevents.definitions.Origin;
import dev.internalevents.definitions.Problem;
import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.check.CrossChecks;
import dev.internalevents.definitions.check.CrossChecks.MetricFile;
import dev.internalevents.definitions.check.Owners;
import dev.internalevents.definitions.yaml.YamlFile;
import dev.internalevents.definitions.yaml.YamlSyntaxException;
import dev.internalevents.definitions.yaml.YamlValue;
import dev.internalevents.definitions.yaml.YamlValue.Mapping;
import dev.internalevents.definitions.yaml.YamlValue.Text;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads files one by one, and checks them against each other. */
final class FileReading {

    private FileReading() {}

    /** @param root where the files were found: a folder, or {@code classpath:} and a folder */
    static Reading read(List<FoundFile> files, String root, Owners owners) {
        List<ReadFile> read =
                files.parallelStream().map(file -> read(file, owners)).toList();
        List<Problem> problems = new ArrayList<>();
        List<EventDefinition> events = new ArrayList<>();
        List<MetricFile> metrics = new ArrayList<>();
        Set<String> unreadable = new HashSet<>();
        for (ReadFile file : read) {
            problems.addAll(file.problems().list());
            file.event().ifPresent(events::add);
            file.metric().ifPresent(metrics::add);
            if (file.found().kind() == FoundFile.Kind.EVENT && file.event().isEmpty()) {
                unreadable.add(file.claimedAction());
            }
        }
        CrossChecks.Checked checked = CrossChecks.run(events, metrics, unreadable);
        problems.addAll(checked.problems());
        // If an internal event and an older one have the same action, code refers to the internal one
        List<EventDefinition> sorted = checked.events().stream()
                .sorted(Comparator.comparing(event -> event.internal() ? 0 : 1))
                .toList();
        List<String> names = files.stream().map(FoundFile::name).toList();
        Origin origin = Origin.read(root, names, unreadable, filesWithErrors(problems));
        return new Reading(new Dictionary(sorted, checked.metrics(), origin), files.size(), problems);
    }

    private static Set<String> filesWithErrors(List<Problem> problems) {
        return problems.stream()
                .filter(Problem::error)
                .map(problem -> problem.source().file())
                .collect(Collectors.toSet());
    }

    private static ReadFile read(FoundFile found, Owners owners) {
        FileProblems problems = new FileProblems(found.name());
        Mapping values = values(found, problems);
        if (values == null) {
            return new ReadFile(found, null, problems, Optional.empty(), Optional.empty());
        }
        problems.addAll(owners.check(found.name(), values));
        return switch (found.kind()) {
            case EVENT -> new ReadFile(
                    found, values, problems, EventReader.read(values, problems), Optional.empty());
            case METRIC -> new ReadFile(
                    found,
                    values,
                    problems,
                    Optional.empty(),
                    MetricReader.read(values, problems).map(metric -> new MetricFile(metric, values)));
        };
    }

    private static @Nullable Mapping values(FoundFile found, FileProblems problems) {
        try {
            YamlValue value = YamlFile.parse(found.text().read());
            if (value instanceof Mapping mapping) {
                return mapping;
            }
            problems.error(
                    value.line(), "", "expected a map with keys such as \"description: …\", found " + value.describe());
        } catch (YamlSyntaxException e) {
            problems.error(e.line(), "", String.valueOf(e.getMessage()));
        } catch (CharacterCodingException e) {
            problems.error(1, "", "is not valid UTF-8");
        } catch (IOException e) {
            problems.error(1, "", "cannot be read: " + e.getMessage());
        }
        return null;
    }

    private record ReadFile(
            FoundFile found,
            @Nullable Mapping values,
            FileProblems problems,
            Optional<EventDefinition> event,
            Optional<MetricFile> metric) {

        /** Returns the action that a file with errors seems to define. */
        String claimedAction() {
            YamlValue.Entry action = values == null ? null : values.entries().get(Keys.ACTION);
            return action != null && action.value() instanceof Text text
                    ? text.value()
                    : CrossChecks.stem(found.name());
        }
    }
}
