package dev.internalevents.spring;

import dev.internalevents.definitions.read.DefinitionFiles;
import dev.internalevents.client.settings.SettingsException;
import dev.internalevents.definitions.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Reads definitions from a folder or from the class path, which may be a jar nested in a jar. */
final class DefinitionResources {

    private static final String CLASS_PATH = "classpath:";

    private DefinitionResources() {}

    /**
     * Reads the definitions.
     *
     * @param where a folder, or {@code classpath:} and a folder
     */
    static Reading read(String where) {
        if (where.startsWith(CLASS_PATH)) {
            return fromClassPath(where.substring(CLASS_PATH.length()).replaceFirst("^/", ""));
        }
        try {
            return DefinitionFiles.read(Path.of(where));
        } catch (InvalidPathException e) {
            throw new SettingsException(
                    List.of("internal-events.definitions: not a valid path (" + e.getReason() + ")"), e);
        }
    }

    private static Reading fromClassPath(String folder) {
        Map<String, String> texts = new HashMap<>();
        PathMatchingResourcePatternResolver classPath = new PathMatchingResourcePatternResolver();
        try {
            for (Resource resource : classPath.getResources("classpath*:" + folder + "/**/*.y*ml")) {
                String address = resource.getURL().toString();
                int name = address.lastIndexOf("/" + folder + "/") + folder.length() + 2;
                texts.put(address.substring(name), resource.getContentAsString(StandardCharsets.UTF_8));
            }
            if (texts.isEmpty() && classPath.getResources("classpath*:" + folder + "/").length == 0) {
                throw new SettingsException(List.of("internal-events.definitions: " + CLASS_PATH + folder
                        + " does not exist; put definitions into src/main/resources/" + folder
                        + ", as events/*.yml and metrics/**/*.yml, or remove internal-events.definitions"));
            }
        } catch (IOException e) {
            throw new SettingsException(
                    List.of("internal-events.definitions: " + CLASS_PATH + folder + " cannot be read (" + e + ")"), e);
        }
        return DefinitionFiles.read(texts, CLASS_PATH + folder);
    }
}
