package dev.internalevents.junit;

import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.client.EventInterceptor;
import dev.internalevents.client.definitions.DefinedEvents;
import dev.internalevents.definitions.Dictionary;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
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

    /** Definitions are read once and shared by all tests with the same class loader. */
    private static final Map<ClassLoader, Map<String, Definitions>> ON_CLASS_PATH =
            Collections.synchronizedMap(new WeakHashMap<>());

    private static final Map<String, Definitions> IN_FOLDERS = new ConcurrentHashMap<>();

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
        if (!where.startsWith(CLASS_PATH)) {
            return IN_FOLDERS.computeIfAbsent(where, Definitions::fromFolder);
        }
        ClassLoader loader = test.getClassLoader();
        return ON_CLASS_PATH
                .computeIfAbsent(loader, key -> new ConcurrentHashMap<>())
                .computeIfAbsent(where, location -> fromClassPath(location, loader));
    }

    private static Definitions fromFolder(String where) {
        return where.isEmpty()
                ? of(Dictionary.EMPTY, "the test has @InternalEventsTest(definitions = \"\")")
                : of(DefinitionFiles.load(Path.of(where)), Path.of(where).toAbsolutePath() + " has none");
    }

    private static Definitions fromClassPath(String where, ClassLoader loader) {
        String folder = where.substring(CLASS_PATH.length());
        // A missing default folder is not an error: projects without definitions need not switch it off.
        return where.equals(DEFAULT) && loader.getResource(folder) == null
                ? of(Dictionary.EMPTY, where + " does not exist")
                : of(DefinitionFiles.loadFromClassPath(folder, loader), where + " has none");
    }
}
