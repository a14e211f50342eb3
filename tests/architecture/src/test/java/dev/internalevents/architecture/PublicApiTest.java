package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the public API of the libraries with the files in {@code api}, so that a change of the API is a change of a
 * file that somebody reviews. Packages named {@code internal} are not API. This command rewrites the files:
 *
 * <pre>
 * {@code ./mvnw test -pl tests/architecture -am -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false -Dapi=write}
 * </pre>
 */
class PublicApiTest {

    private static final Path FOLDER = SourceTree.HOME.resolve("api");

    private static final String COMMAND = "./mvnw test -pl tests/architecture -am -Dtest=PublicApiTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dapi=write";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.internalevents");

    /**
     * Libraries whose subpackages are not API: applications start a collector, choose its settings and read its events;
     * the types in the subpackages are public only for one another.
     */
    private static final Set<String> ROOT_PACKAGES = Set.of("collector", "iglu", "pipeline", "store");

    /** Published modules that no application compiles against, and how they are used instead. */
    private static final Map<String, String> WITHOUT_API = Map.of(
            "bom", "is imported by poms",
            "cli", "is a command; its options are API",
            "generator", "is run by the command and the Maven plugin",
            "integrations/maven-plugin", "is run by Maven; its goals and parameters are API",
            "integrations/opentelemetry", "is found on the class path by TraceSource",
            "integrations/spring-boot-3-health", "is found on the class path by Spring Boot",
            "lake", "is found on the class path by EventSinks",
            "migration", "is run by OpenRewrite; the names of its recipes are API",
            "store-duckdb", "is found on the class path by FileStores");

    /** The modules that applications compile against. */
    static List<String> libraries() {
        return List.of(
                "protocol",
                "spool",
                "client",
                "client-legacy",
                "definitions",
                "metrics",
                "metrics-redis",
                "metrics-postgres",
                "iglu",
                "pipeline",
                "store",
                "collector",
                "testkit",
                "frontend",
                "integrations/client-definitions",
                "integrations/grpc",
                "integrations/junit",
                "integrations/servlet",
                "integrations/spring-boot-starter");
    }

    @BeforeAll
    static void write() throws IOException {
        if ("write".equals(System.getProperty("api"))) {
            Files.createDirectories(FOLDER);
            for (String module : libraries()) {
                Files.writeString(FOLDER.resolve(fileName(module)), apiOf(module));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void the_api_is_the_one_in_the_file(String module) throws IOException {
        String api = apiOf(module);
        Path file = FOLDER.resolve(fileName(module));

        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as(
                        "%s differs from the public API; if the change is intended, rewrite the file with%n%s",
                        file, COMMAND)
                .isEqualTo(api);
    }

    @Test
    void every_published_module_has_an_api_or_a_reason_for_none() {
        Set<String> expected = new TreeSet<>(libraries());
        expected.addAll(WITHOUT_API.keySet());
        assertThat(SourceTree.publishedModules()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void every_file_belongs_to_a_library() throws IOException {
        try (var files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            libraries().stream().map(PublicApiTest::fileName).toList());
        }
    }

    private static String fileName(String module) {
        return module.replaceFirst(".*/", "") + ".txt";
    }

    private static String apiOf(String module) {
        String root = SourceTree.moduleName(module);
        List<String> others = SourceTree.modules().stream()
                .filter(other -> !SourceTree.mainFiles(other).isEmpty())
                .map(SourceTree::moduleName)
                .filter(name -> name.startsWith(root + "."))
                .toList();
        return CLASSES.stream()
                .filter(type ->
                        ROOT_PACKAGES.contains(module) ? type.getPackageName().equals(root) : isIn(type, root))
                .filter(type -> others.stream().noneMatch(other -> isIn(type, other)))
                .filter(ApiText::isApi)
                .sorted(Comparator.comparing(JavaClass::getName))
                .map(ApiText::of)
                .collect(Collectors.joining("\n"));
    }

    private static boolean isIn(JavaClass type, String root) {
        return (type.getPackageName() + ".").startsWith(root + ".");
    }
}
