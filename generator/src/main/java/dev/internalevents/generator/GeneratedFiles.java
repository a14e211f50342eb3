package dev.internalevents.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes generated files into a folder. Unchanged files are not touched, so that they are not compiled again; files
 * that an earlier run generated and this one did not are removed. Other files in the folder are not changed.
 */
final class GeneratedFiles {

    private static final String LIST = ".internal-events-generated";

    private GeneratedFiles() {}

    /**
     * The result of a run.
     *
     * @param files the number of generated files
     * @param written the number of files that were new or changed
     */
    record Result(int files, int written) {}

    static Result write(Path folder, Map<String, String> files) throws IOException {
        int written = 0;
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            if (!Files.isRegularFile(path) || !Files.readString(path).equals(file.getValue())) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
                written++;
            }
        }
        Path list = folder.resolve(LIST);
        if (Files.isRegularFile(list)) {
            for (String old : Files.readAllLines(list)) {
                Path path = folder.resolve(old).normalize();
                if (!files.containsKey(old) && path.startsWith(folder.normalize())) {
                    Files.deleteIfExists(path);
                }
            }
        }
        Files.createDirectories(folder);
        Files.write(list, List.copyOf(new TreeMap<>(files).keySet()));
        return new Result(files.size(), written);
    }
}
