package dev.internalevents.definitions.read;

import dev.internalevents.definitions.Reading;
import dev.internalevents.definitions.check.Owners;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Reads a folder of the class path, which may be in several places: folders and jars. */
final class ClassPathFolder {

    private static final String CLASS_PATH = "classpath:";

    private ClassPathFolder() {}

    static Reading read(String folder, ClassLoader loader) {
        try {
            List<URL> places = Collections.list(loader.getResources(folder));
            if (places.isEmpty()) {
                return DefinitionFiles.failed(
                        CLASS_PATH + folder, "does not exist on the class path; " + putInto(folder));
            }
            return read(folder, places);
        } catch (IOException | URISyntaxException e) {
            return DefinitionFiles.failed(CLASS_PATH + folder, "cannot be read: " + e);
        }
    }

    private static Reading read(String folder, List<URL> places) throws IOException, URISyntaxException {
        List<FoundFile> files = new ArrayList<>();
        List<FileSystem> opened = new ArrayList<>();
        try {
            for (URL url : places) {
                files.addAll(FoundFile.below(path(url.toURI(), opened)));
            }
            return files.isEmpty()
                    ? DefinitionFiles.nothing(CLASS_PATH + folder)
                    : FileReading.read(
                            files,
                            ofTests(places) ? "src/test/resources/" + folder : CLASS_PATH + folder,
                            Owners.ANY);
        } finally {
            for (FileSystem system : opened) {
                system.close();
            }
        }
    }

    /** Returns what to do about a folder without definitions, for an error message. */
    static String putInto(String folder) {
        return "put them into src/main/resources/" + folder + ", as events/*.yml and metrics/**/*.yml";
    }

    /** Returns whether all places are where Maven or Gradle puts test resources. */
    private static boolean ofTests(List<URL> places) {
        return places.stream()
                .map(URL::getPath)
                .allMatch(place -> place.contains("/test-classes/") || place.contains("/resources/test/"));
    }

    private static Path path(URI uri, List<FileSystem> opened) throws IOException {
        if (!uri.getScheme().equals("file")) {
            try {
                opened.add(FileSystems.newFileSystem(uri, Map.of()));
            } catch (FileSystemAlreadyExistsException e) {
                // Another caller has opened it, and will close it.
                return Path.of(uri);
            }
        }
        return Path.of(uri);
    }
}
