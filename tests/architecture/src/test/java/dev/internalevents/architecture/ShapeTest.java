package dev.internalevents.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Limits the size of modules, files and parameter lists of the main code. Each exception is named with its reason, and
 * one that is not needed any more fails too.
 */
class ShapeTest {

    private static final int LINES_OF_A_FILE = 400;
    private static final int PARAMETERS = 7;
    private static final double SHARE_OF_A_MODULE = 0.2;

    /** Files, by their path behind {@code dev/internalevents}, and why they are longer. */
    private static final Map<String, String> LONGER_FILES = Map.of();

    /** Constructors and methods, and why they have more parameters; one a line. */
    private static final Map<String, String> LONGER_PARAMETER_LISTS = exceptions("""
            client.billing.BillableUsage: the fields of a billing event, made by its builder
            client.delivery.ClientStats: the counters of a client, put together in one place
            client.TrackedEvent: made at each call of trackEvent, where an object that groups its values costs 3 %
            iglu.BoundedFormats$Bounded.validate: overrides a method of the validator
            spring.BillingEventsProperties: Spring binds properties to constructor parameters
            spring.InternalEventsProperties: Spring binds properties to constructor parameters
            """);

    @Test
    void no_module_holds_more_than_a_fifth_of_the_main_code() {
        Map<String, Long> lines = new LinkedHashMap<>();
        for (String module : SourceTree.modules()) {
            lines.put(
                    module,
                    SourceTree.mainFiles(module).stream()
                            .mapToLong(ShapeTest::lines)
                            .sum());
        }
        long all = lines.values().stream().mapToLong(Long::longValue).sum();

        lines.values().removeIf(count -> count <= all * SHARE_OF_A_MODULE);
        assertThat(lines)
                .as("modules with more than %.0f %% of the %,d lines", SHARE_OF_A_MODULE * 100, all)
                .isEmpty();
    }

    @Test
    void no_file_is_longer_than_four_hundred_lines() {
        Map<String, Long> longer = new TreeMap<>();
        for (String module : SourceTree.modules()) {
            for (Path file : SourceTree.mainFiles(module)) {
                if (lines(file) > LINES_OF_A_FILE) {
                    longer.put(SourceTree.name(file).replaceFirst(".*/dev/internalevents/", ""), lines(file));
                }
            }
        }
        onlyExceptions("files with more than " + LINES_OF_A_FILE + " lines", longer.keySet(), LONGER_FILES);
    }

    @Test
    void no_parameter_list_is_longer_than_seven() {
        Set<String> longer = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.internalevents")) {
            for (JavaCodeUnit unit : type.getCodeUnits()) {
                if (isWritten(unit) && parameters(unit) > PARAMETERS) {
                    longer.add(type.getName().replace("dev.internalevents.", "")
                            + (unit.isConstructor() ? "" : "." + unit.getName()));
                }
            }
        }
        onlyExceptions("parameter lists of more than " + PARAMETERS, longer, LONGER_PARAMETER_LISTS);
    }

    @Test
    void every_package_is_null_marked() {
        Set<String> packages = new TreeSet<>();
        Set<String> marked = new TreeSet<>();
        for (String module : SourceTree.modules()) {
            for (Path file : SourceTree.mainFiles(module)) {
                packages.add(SourceTree.name(file.getParent()));
                if (file.endsWith("package-info.java") && SourceTree.text(file).contains("@NullMarked")) {
                    marked.add(SourceTree.name(file.getParent()));
                }
            }
        }
        assertThat(marked)
                .as("packages whose package-info.java has @NullMarked")
                .isEqualTo(packages);
    }

    private static void onlyExceptions(String what, Set<String> found, Map<String, String> exceptions) {
        assertThat(List.copyOf(found))
                .as(what + ": split what is new; remove an exception that is not needed any more")
                .containsExactlyInAnyOrderElementsOf(exceptions.keySet());
    }

    private static Map<String, String> exceptions(String lines) {
        return lines.lines()
                .map(line -> line.split(": ", 2))
                .collect(Collectors.toMap(exception -> exception[0], exception -> exception[1]));
    }

    private static long lines(Path file) {
        return SourceTree.text(file).lines().count();
    }

    /** Returns whether somebody wrote the parameter list, and not the compiler. */
    private static boolean isWritten(JavaCodeUnit unit) {
        return !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !unit.getModifiers().contains(JavaModifier.BRIDGE)
                && !unit.getOwner().isAnonymousClass()
                && !unit.getOwner().isLocalClass();
    }

    private static int parameters(JavaCodeUnit unit) {
        int declared = unit.getRawParameterTypes().size();
        if (unit.isConstructor() && unit.getOwner().isEnum()) {
            declared -= 2; // name and ordinal
        } else if (unit.isConstructor()
                && unit.getOwner().isInnerClass()
                && !unit.getOwner().getModifiers().contains(JavaModifier.STATIC)) {
            declared--; // the outer object
        }
        return declared;
    }
}
