package dev.internalevents.generator;

import dev.internalevents.definitions.Dictionary;
import dev.internalevents.definitions.EventDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.lang.model.SourceVersion;

/**
 * Generates typed events in Java: one class for each internal event, which is built step by step, so that a missing
 * identifier or a value of the wrong type does not compile. The generated code depends only on the client.
 */
public final class TypedEvents {

    private TypedEvents() {}

    /**
     * Writes a class for each internal event; removed events are included and deprecated. Unchanged files are not
     * touched; files of events that no longer exist are removed.
     *
     * @param folder of sources, for example {@code target/generated-sources/internal-events}
     * @param packageName of the classes
     * @return the number of classes
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if the package name is invalid, or two events have the same class name
     */
    public static int write(Dictionary dictionary, Path folder, String packageName) throws IOException {
        if (!SourceVersion.isName(packageName)) {
            throw new IllegalArgumentException("package: \"" + packageName
                    + "\" is not a valid package name; expected for example com.example.events");
        }
        Map<String, String> files = new TreeMap<>();
        Map<String, String> names = new HashMap<>();
        for (EventDefinition event : dictionary.events()) {
            if (event.internal()) {
                String type = JavaText.typeName(event.action());
                String other = names.putIfAbsent(type, event.action());
                if (other != null) {
                    throw new IllegalArgumentException("the events \"" + other + "\" and \"" + event.action()
                            + "\" would both be the class " + type + "; rename one");
                }
                files.put(
                        packageName.replace('.', '/') + "/" + type + ".java",
                        new TypedEventClass(event, packageName).text());
            }
        }
        return GeneratedFiles.write(folder, files).files();
    }
}
