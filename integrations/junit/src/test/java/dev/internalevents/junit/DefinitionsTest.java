package dev.internalevents.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionsTest {

    @TempDir
    private Path folder;

    /** Stands for a test class; each loader below has its own. */
    static final class SomeTest {}

    private URLClassLoader loader(String action) throws IOException {
        Path events = folder.resolve(action + "/doors/events");
        Files.createDirectories(events);
        Files.writeString(
                events.resolve(action + ".yml"),
                "description: a\ninternal_events: true\naction: " + action + "\ntiers: [free]\n");
        URL classes = DefinitionsTest.class.getProtectionDomain().getCodeSource().getLocation();
        return new URLClassLoader(new URL[] {folder.resolve(action).toUri().toURL(), classes}, null);
    }

    private static Definitions read(ClassLoader loader) throws ClassNotFoundException {
        return Definitions.read("classpath:doors", loader.loadClass(SomeTest.class.getName()));
    }

    @Test
    void the_same_location_is_read_for_each_class_loader() throws Exception {
        try (URLClassLoader opening = loader("open_door");
                URLClassLoader closing = loader("close_door")) {
            assertThat(read(opening).dictionary().event("open_door")).isPresent();
            assertThat(read(closing).dictionary().event("close_door")).isPresent();
            assertThat(read(closing).dictionary().event("open_door")).isEmpty();
            assertThat(read(opening)).isSameAs(read(opening));
        }
    }

    @Test
    void a_folder_is_read_once_for_all_class_loaders() throws Exception {
        try (URLClassLoader loader = loader("open_door")) {
            String where = folder.resolve("open_door/doors").toString();

            assertThat(Definitions.read(where, loader.loadClass(SomeTest.class.getName())))
                    .isSameAs(Definitions.read(where, DefinitionsTest.class));
        }
    }
}
