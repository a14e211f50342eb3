package dev.internalevents.definitions;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where the definitions of a {@link Dictionary} come from, and which were left out because of errors.
 *
 * @param eventsFolder the folder for the file of a new event, for example {@code config/events}
 * @param eventsLeftOut the actions of events whose files have errors
 * @param filesLeftOut the files with errors, sorted
 */
public record Origin(String eventsFolder, Set<String> eventsLeftOut, Set<String> filesLeftOut) {

    public Origin {
        eventsLeftOut = Set.copyOf(eventsLeftOut);
        filesLeftOut = Copies.of(new TreeSet<>(filesLeftOut));
    }

    /** Returns the origin of existing definitions, of which none was left out. */
    static Origin of(Stream<? extends Definition> definitions) {
        return new Origin(
                EventsFolder.of(definitions.map(definition -> definition.source().file())), Set.of(), Set.of());
    }

    /**
     * Returns the origin of definitions that were read.
     *
     * @param root as it was read: a folder, or {@code classpath:} and a folder
     * @param files the paths of all files below the root
     */
    public static Origin read(
            String root, List<String> files, Set<String> eventsLeftOut, Set<String> filesLeftOut) {
        return new Origin(
                EventsFolder.inProject(root) + EventsFolder.of(files.stream()), eventsLeftOut, filesLeftOut);
    }
}
