package dev.internalevents.definitions;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Determines the folder for the files of new events: next to the definitions that were read. */
final class EventsFolder {

    private static final String CLASS_PATH = "classpath:";

    private EventsFolder() {}

    /**
     * Returns the path of a root within a project.
     *
     * @param root as it was read: a folder, or {@code classpath:} and a folder
     * @return with a slash at the end; empty for the working directory
     */
    static String inProject(String root) {
        if (root.startsWith(CLASS_PATH)) {
            return "src/main/resources/" + root.substring(CLASS_PATH.length()) + "/";
        }
        String folder = Path.of(root).normalize().toString().replace('\\', '/');
        return folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
    }

    /**
     * Returns the folder below the root where most definitions are, for example {@code config/events}.
     *
     * @param files the paths of definitions below the root
     */
    static String of(Stream<String> files) {
        Map<String, Long> parents = files.map(EventsFolder::parent)
                .flatMap(Optional::stream)
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        // Definitions below ee/ are for some tiers only; a new event is for all.
        return parents.entrySet().stream()
                        .max(Comparator.comparing((Map.Entry<String, Long> parent) ->
                                        !parent.getKey().startsWith("ee/"))
                                .thenComparing(Map.Entry::getValue))
                        .map(Map.Entry::getKey)
                        .orElse("")
                + "events";
    }

    /** Returns the part of a path before {@code events} or {@code metrics}, with the slash. */
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
