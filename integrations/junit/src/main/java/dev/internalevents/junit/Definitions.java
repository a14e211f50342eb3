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
 * @param missing why there are none, for messages; empty if there are some
 * @param check refuses events that are not as they are defined
 */
record Definitions(Dictionary dictionary, String missing, EventInterceptor check) {

    /** Where definitions are looked for if an annotation does not name a place. */
    static final String DEFAULT = "classpath:internal-events";

    private static final String CLASS_PATH = "classpath:";

    /** Definitions are read once, however many tests ask for them. */
    private static final Map<String, Definitions> READ = new ConcurrentHashMap<>();

    /** Definitions that were read elsewhere, such as those of the application under test. */
    static Definitions of(Dictionary dictionary, String missing) {
        EventInterceptor check = dictionary.isEmpty() ? event -> event.properties() : DefinedEvents.strict(dictionary);
        return new Definitions(dictionary, dictionary.isEmpty() ? missing : "", check);
    }

    /**
     * Reads definitions.
     *
     * @param where a folder, {@code classpath:} and a folder, or empty for none
     * @throws dev.internalevents.definitions.InvalidDefinitionsException if a file is wrong, or a folder that was asked for is
     *     not there
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
            // The default is for projects that have definitions; the others need not switch it off.
            return place.equals(DEFAULT) && loader.getResource(folder) == null
                    ? of(Dictionary.EMPTY, place + " does not exist")
                    : of(Dictionary.loadFromClassPath(folder, loader), place + " has none");
        });
    }
}
