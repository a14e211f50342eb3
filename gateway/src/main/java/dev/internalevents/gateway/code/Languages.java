package dev.internalevents.gateway.code;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The language of a file, by its file name extension. */
final class Languages {

    private static final Map<String, String> BY_ENDING = Map.ofEntries(
            Map.entry("c", "c"),
            Map.entry("cpp", "cpp"),
            Map.entry("cs", "csharp"),
            Map.entry("go", "go"),
            Map.entry("java", "java"),
            Map.entry("js", "js"),
            Map.entry("kt", "kotlin"),
            Map.entry("php", "php"),
            Map.entry("py", "python"),
            Map.entry("rb", "ruby"),
            Map.entry("rs", "rust"),
            Map.entry("scala", "scala"),
            Map.entry("sh", "shell"),
            Map.entry("sql", "sql"),
            Map.entry("swift", "swift"),
            Map.entry("ts", "typescript"),
            Map.entry("tsx", "typescript"));

    private Languages() {}

    static @Nullable String of(String fileName) {
        String ending = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return BY_ENDING.get(ending);
    }
}
