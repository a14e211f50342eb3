package dev.internalevents.junit;

import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.definitions.DefinedEvents;
import dev.internalevents.definitions.Dictionary;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The definitions of a test.
 *
 * @param missing why there are none, for messages; empty if there are definitions
 * @param check rejects events that do not match their definition
 */
record Definitions(Dictionary dictionary, String missing, EventInterceptor check) {

    /** The default location of definitions, if the annotation names none. */
    static final String DEFAULT = "classpath:internal-events";

    private static final String CLASS_PATH = "classpath:";

    /** Definitions are read once and shared by all tests. */
    private static final Map<String, Definitions> READ = new ConcurrentHashMap<>();

    /** Wraps definitions that were read elsewhere, such as those of the application under test. */
    static Definitions of(Dictionary dictionary, String missing) {
        EventInterceptor check = dictionary.isEmpty() ? event -> event.properties() : DefinedEvents.strict(dictionary);
        return new Definitions(dictionary, dictionary.isEmpty() ? missing : "", check);
    }

    /**
     * Reads definitions.
     *
     * @param where a folder, {@code classpath:} and a folder, or empty for none
     * @throws dev.internalevents.definitions.InvalidDefinitionsException if a file is invalid, or the given folder does
     *     not exist
     */
    static Definitions read(String where, Class<?> test) {
        return READ.computeIfAbsent(where, place -> {
            if (place.isEmpty()) {
                return of(Dictionary.EMPTY, "the test has @InternalEventsTest(definitions = \"\")");
            } else if (!place.startsWith(CLASS_PATH)) {
                return of(Dictionary.load(Path.of(place)), Path.of(place).toAbsolutePath() + " has none");
            }
            String folder = place.substring(CLASS_PATH.length());
            ClassLoader loader = test.getClassLoader();
            // A missing default folder is not an error: projects without definitions need not switch it off.
            return place.equals(DEFAULT) && loader.getResource(folder) == null
                    ? of(Dictionary.EMPTY, place + " does not exist")
                    : of(Dictionary.loadFromClassPath(folder, loader), place + " has none");
        });
    }
}
