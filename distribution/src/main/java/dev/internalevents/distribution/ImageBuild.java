package dev.internalevents.distribution;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Builds an image of the unpacked distribution on a base image with Java, as a tar in the OCI layout. */
public final class ImageBuild {

    private static final String USER = "10001:10001";
    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/opt/internal-events");
    private static final AbsoluteUnixPath DATA = AbsoluteUnixPath.get("/data");

    private final Path distribution;
    private final Instant time;

    private ImageBuild(Path distribution, Instant time) {
        this.distribution = distribution;
        this.time = time;
    }

    /**
     * Builds the image; its arguments are those of {@link #build}.
     *
     * @param args base image, folder of the distribution, name of the image, time of the files, tar to write
     */
    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            throw new IllegalArgumentException("expected: BASE DISTRIBUTION NAME TIME TAR");
        }
        build(args[0], Path.of(args[1]), args[2], Instant.parse(args[3]), Path.of(args[4]));
        System.out.println("Image " + args[2] + " on " + args[0] + ": " + args[4]);
        // Jib's threads are not daemons.
        System.exit(0);
    }

    /**
     * Builds the image. Blocks until it is written; reads the base image from its registry if it is not a tar.
     *
     * @param base an image in a registry, or {@code tar://} and the path of a tar that {@code docker save} wrote
     * @param distribution the unpacked distribution
     * @param name name and tag of the image
     * @param time of the files and of the image, so that two builds are the same
     * @param tar the file to write
     * @throws IOException if a file cannot be read or written
     */
    public static void build(String base, Path distribution, String name, Instant time, Path tar) throws Exception {
        ImageBuild image = new ImageBuild(distribution, time);
        Path cache = tar.resolveSibling("image-cache");
        Jib.from(base)
                .setFormat(ImageFormat.OCI)
                // From what changes rarely to what changes with each build.
                .addFileEntriesLayer(image.layer("data", image::data))
                .addFileEntriesLayer(image.layer("libraries", layer -> image.files(layer, ImageBuild::isLibrary)))
                .addFileEntriesLayer(image.layer("command", layer -> image.files(layer, file -> !isLibrary(file))))
                .setEntrypoint(HOME + "/bin/internal-events")
                .setProgramArguments("collector")
                .addEnvironmentVariable("INTERNAL_EVENTS_DATA", DATA.toString())
                .addEnvironmentVariable("INTERNAL_EVENTS_HOST", "0.0.0.0")
                .addEnvironmentVariable("INTERNAL_EVENTS_LOG_FORMAT", "json")
                .addEnvironmentVariable("LC_ALL", "C.UTF-8")
                .setUser(USER)
                .setWorkingDirectory(DATA)
                .addVolume(DATA)
                .addExposedPort(Port.tcp(9091))
                .setCreationTime(time)
                .containerize(Containerizer.to(TarImage.at(tar).named(name))
                        .setBaseImageLayersCache(cache.resolve("base"))
                        .setApplicationLayersCache(cache.resolve("layers")));
    }

    private FileEntriesLayer layer(String name, Content content) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        content.addTo(layer);
        return layer.build();
    }

    /** Adds the folder of the volume, empty and writable for the user: new volumes are initialized with it. */
    private void data(FileEntriesLayer.Builder layer) throws IOException {
        Path empty = Files.createTempDirectory("data");
        empty.toFile().deleteOnExit();
        layer.addEntry(empty, DATA, FilePermissions.fromOctalString("700"), time, USER);
    }

    private void files(FileEntriesLayer.Builder layer, Predicate<Path> chosen) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(distribution)) {
            files = all.filter(Files::isRegularFile).filter(chosen).sorted().toList();
        }
        for (Path file : files) {
            boolean isProgram = distribution.relativize(file).startsWith("bin");
            layer.addEntry(
                    file,
                    HOME.resolve(distribution.relativize(file).toString()),
                    FilePermissions.fromOctalString(isProgram ? "755" : "644"),
                    time);
        }
    }

    private static boolean isLibrary(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".jar") && !name.startsWith("internal-events") && !name.equals("gateway.jar");
    }

    /** Adds the entries of a layer. */
    private interface Content {
        void addTo(FileEntriesLayer.Builder layer) throws IOException;
    }
}
