package dev.internalevents.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the arrows in ARCHITECTURE.md: which modules may use which, and which libraries only a single module may use.
 */
class ModuleArrowsTest {

    private static final String ROOT = "dev.internalevents.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.internalevents");

    /**
     * Each module and those it may use. Its packages are {@code dev.internalevents.} and the name, with dots for
     * dashes.
     */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("protocol", List.of()),
            Map.entry("spool", List.of()),
            Map.entry("testkit", List.of("protocol")),
            Map.entry("client", List.of("protocol", "spool")),
            Map.entry("client-legacy", List.of("protocol", "client")),
            Map.entry("client-definitions", List.of("protocol", "client", "definitions", "metrics")),
            Map.entry("definitions", List.of()),
            Map.entry("generator", List.of("definitions")),
            Map.entry("metrics", List.of("protocol", "spool", "definitions")),
            Map.entry("metrics-redis", List.of("metrics", "protocol", "definitions")),
            Map.entry("metrics-postgres", List.of("metrics", "protocol", "definitions")),
            Map.entry("iglu", List.of("protocol")),
            Map.entry("pipeline", List.of("protocol", "iglu")),
            Map.entry("store", List.of("protocol", "spool", "pipeline")),
            Map.entry("store-duckdb", List.of("protocol", "spool", "pipeline", "store")),
            Map.entry("lake", List.of("protocol", "pipeline", "store")),
            Map.entry("collector", List.of("protocol", "spool", "iglu", "pipeline", "store", "definitions", "metrics")),
            Map.entry(
                    "junit", List.of("client", "definitions", "metrics", "client-definitions", "collector", "spring")),
            Map.entry("maven", List.of("definitions", "generator")),
            Map.entry("servlet", List.of("protocol", "client")),
            Map.entry("grpc", List.of("protocol", "client")),
            Map.entry("opentelemetry", List.of("client")),
            Map.entry("migration", List.of()),
            Map.entry("spring3", List.of("client", "metrics")),
            Map.entry("frontend", List.of("protocol", "client")),
            Map.entry(
                    "spring",
                    List.of(
                            "protocol",
                            "spool",
                            "client",
                            "servlet",
                            "definitions",
                            "metrics",
                            "metrics-redis",
                            "metrics-postgres",
                            "client-definitions")),
            Map.entry("gateway", List.of("client", "client-legacy", "servlet", "spring")),
            Map.entry(
                    "cli",
                    List.of(
                            "protocol",
                            "spool",
                            "client",
                            "iglu",
                            "pipeline",
                            "store",
                            "store-duckdb",
                            "collector",
                            "definitions",
                            "generator",
                            "metrics",
                            "metrics-postgres")));

    static List<String> modules() {
        return MAY_USE.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void a_module_uses_only_those_below_it(String module) {
        List<String> allowed = new ArrayList<>(MAY_USE.get(module));
        allowed.add(module);

        classes()
                .that(isIn(List.of(module)))
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(JavaClass.Predicates.resideInAPackage("dev.internalevents.."))
                                .or(isIn(allowed)))
                .check(CLASSES);
    }

    @Test
    void every_module_has_its_arrows() {
        assertThat(CLASSES.stream().map(type -> moduleOf(type.getPackageName())).distinct())
                .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    }

    private static DescribedPredicate<JavaClass> isIn(List<String> modules) {
        return DescribedPredicate.describe(
                "are in " + modules, type -> modules.contains(moduleOf(type.getPackageName())));
    }

    /** The module with the longest package that a package is in; empty if it is not ours. */
    private static String moduleOf(String packageName) {
        return MAY_USE.keySet().stream()
                .filter(module -> (packageName + ".").startsWith(ROOT + module.replace('-', '.') + "."))
                .max(Comparator.comparing(String::length))
                .orElse("");
    }

    @Test
    void the_client_needs_nothing_but_jackson_core_slf4j_and_the_jdk() {
        classes()
                .that(isIn(List.of("client", "protocol", "spool")))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net.ssl..",
                        ROOT + "client..",
                        ROOT + "protocol..",
                        ROOT + "spool..",
                        "tools.jackson.core..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void the_spool_needs_nothing_but_the_jdk() {
        classes()
                .that()
                .resideInAPackage(ROOT + "spool..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", ROOT + "spool..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void libraries_stay_in_their_module() {
        onlyIn("iglu", "com.networknt..");
        onlyIn("pipeline", "ua_parser..");
        onlyIn("collector", "io.vertx..");
        onlyIn("store.duckdb", "org.duckdb..");
        onlyIn("lake", "org.apache.iceberg..");
        onlyIn("lake", "org.apache.parquet..");
        onlyIn("lake", "software.amazon..");
        onlyIn("collector", "org.apache.commons.compress..");
        onlyIn("cli", "picocli..");
        onlyIn("cli", "com.typesafe..");
        onlyIn("definitions", "org.snakeyaml..");
        onlyIn("metrics", "io.lettuce..");
        onlyIn("metrics.postgres", "org.postgresql..");
        onlyIn("grpc", "io.grpc..");
        onlyIn("migration", "org.openrewrite..");
        onlyIn("opentelemetry", "io.opentelemetry..");
        onlyIn("frontend", "jakarta.servlet.jsp..");
    }

    @Test
    void the_pipeline_knows_no_server_and_no_file() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "pipeline..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.net.http..", "java.sql..", "io..")
                .check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        SlicesRuleDefinition.slices()
                .assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return SliceIdentifier.of(type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "every package";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    private static void onlyIn(String module, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }
}
