package dev.internalevents.defined;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import dev.internalevents.definitions.MetricDefinition;
import dev.internalevents.definitions.Source;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder that the file of a further event belongs into: beside the definitions that were read. */
final class EventsFolder {

    private EventsFolder() {}

    /** For example {@code config/events}, below the root that the dictionary was read from. */
    static String of(Dictionary dictionary) {
        List<String> parents = Stream.concat(
                        dictionary.events().stream().map(EventDefinition::source),
                        dictionary.metrics().stream().map(MetricDefinition::source))
                .map(Source::file)
                .map(EventsFolder::parent)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        // What is below ee/ is for some tiers only; a new event is for all of them.
        return parents.stream()
                        .filter(parent -> !parent.startsWith("ee/"))
                        .findFirst()
                        .or(() -> parents.stream().findFirst())
                        .orElse("")
                + "events";
    }

    /** What is before {@code events} or {@code metrics} in a path, with the slash. */
    private static Optional<String> parent(String file) {
        int end = 0;
        for (String folder : file.split("/", -1)) {
            if (folder.equals("events") || folder.equals("metrics")) {
                return Optional.of(file.substring(0, end));
            }
            end += folder.length() + 1;
        }
        return Optional.empty();
    }
}
