package dev.internalevents.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/** Packages of npm in the exact versions of a {@code package-lock.json}; npm downloads them once. */
final class NpmPackages {

    private NpmPackages() {}

    /**
     * Installs the packages that a folder's {@code package.json} names.
     *
     * @param sources the folder with {@code package.json} and {@code package-lock.json}
     * @param folder where {@code node_modules} is created
     * @return false if npm is not installed or cannot download them
     */
    static boolean install(Path sources, Path folder) throws IOException, InterruptedException {
        Path lock = sources.resolve("package-lock.json");
        Path installed = folder.resolve("package-lock.json");
        if (Files.isDirectory(folder.resolve("node_modules")) && Files.mismatch(lock, installed) < 0) {
            return true;
        }
        Files.createDirectories(folder);
        Files.copy(
                sources.resolve("package.json"), folder.resolve("package.json"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
        try {
            Process npm = new ProcessBuilder(
                            "npm",
                            "ci",
                            "--silent",
                            "--no-audit",
                            "--no-fund",
                            "--ignore-scripts",
                            "--legacy-peer-deps")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("npm.log").toFile())
                    .start();
            return npm.waitFor(3, TimeUnit.MINUTES) && npm.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
