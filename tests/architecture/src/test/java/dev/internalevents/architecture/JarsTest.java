package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads the jars of the published modules; runs after they are packaged. */
@Tag("slow")
class JarsTest {

    @Test
    void every_jar_has_the_module_name_of_its_pom() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        for (String module : PackagedModules.withJars()) {
            expected.put(module, SourceTree.moduleName(module));
            try (JarFile jar = new JarFile(PackagedModules.jarOf(module).toFile())) {
                found.put(
                        module,
                        String.valueOf(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name")));
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void no_package_is_in_two_jars() throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String module : PackagedModules.withJars()) {
            jars.add(PackagedModules.jarOf(module));
        }
        ModuleFinder finder = ModuleFinder.of(jars.toArray(Path[]::new));

        // Throws ResolutionException if two modules contain the same package.
        Configuration resolved = ModuleLayer.boot()
                .configuration()
                .resolve(
                        finder,
                        ModuleFinder.of(),
                        finder.findAll().stream()
                                .map(module -> module.descriptor().name())
                                .collect(Collectors.toSet()));

        assertThat(resolved.modules()).hasSameSizeAs(jars);
    }
}
