package dev.internalevents.store.ids;

import dev.internalevents.pipeline.EventKey;
import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.store.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an index: the secret seed and the runs. Damaged and unfinished files are removed, and so are runs after
 * a missing one; their events are added again from the store.
 */
final class IndexFolder {

    private static final Logger LOG = LoggerFactory.getLogger(IndexFolder.class);
    private static final String SEED = "seed";
    private static final int SEED_BYTES = 16;

    private final Path folder;
    private final IdHash hash;
    private final long seedCheck;

    private IndexFolder(Path folder, IdHash hash, long seedCheck) {
        this.folder = folder;
        this.hash = hash;
        this.seedCheck = seedCheck;
    }

    /**
     * Opens the folder, which is created if it does not exist.
     *
     * @throws IOException if it cannot be created or read
     */
    static IndexFolder open(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
            LOG.warn("{} is not a folder; it is removed, and the index of event ids is rebuilt", folder);
            Files.delete(folder);
        }
        OwnerOnly.createFolder(folder);
        OwnerOnly.restrictFolder(folder);
        ByteBuffer seed = seed(folder);
        long first = seed.getLong();
        long second = seed.getLong();
        // Identifies the index without revealing the seed.
        long check = new IdHash(first, second).of(new EventKey(new UUID(1, 2), 3, 4));
        return new IndexFolder(folder, new IdHash(first, second), check);
    }

    private static ByteBuffer seed(Path folder) throws IOException {
        Path file = folder.resolve(SEED);
        try {
            byte[] seed = Files.size(file) == SEED_BYTES ? Files.readAllBytes(file) : new byte[0];
            if (seed.length == SEED_BYTES) {
                return ByteBuffer.wrap(seed);
            }
            LOG.warn("{} is damaged: expected {} bytes; the index of event ids is rebuilt", file, SEED_BYTES);
        } catch (NoSuchFileException e) {
            // A new index. Runs without a seed are useless, and are later rejected as belonging to another index.
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}); the index of event ids is rebuilt", file, e.toString());
        }
        FileTree.delete(file);
        byte[] seed = new byte[SEED_BYTES];
        new SecureRandom().nextBytes(seed);
        Path unfinished = folder.resolve(SEED + RunWriter.UNFINISHED);
        FileTree.delete(unfinished);
        try (FileChannel out =
                OwnerOnly.open(unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            ByteBuffer bytes = ByteBuffer.wrap(seed);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(unfinished, file);
        OwnerOnly.forceNames(folder);
        return ByteBuffer.wrap(seed);
    }

    Path path() {
        return folder;
    }

    IdHash hash() {
        return hash;
    }

    long seedCheck() {
        return seedCheck;
    }

    /** Opens the runs that cover the events from the first one on without a gap, and removes all other files. */
    List<Run> runs() throws IOException {
        List<Run> all = new ArrayList<>();
        try {
            int damaged = 0;
            for (Path file : files()) {
                if (file.toString().endsWith(".run")) {
                    damaged += open(file, all, damaged == 0) ? 0 : 1;
                } else if (file.toString().endsWith(RunWriter.UNFINISHED)) {
                    FileTree.delete(file);
                }
            }
            if (damaged > 1) {
                LOG.warn("{}: {} more files are damaged and were removed", folder, damaged - 1);
            }
            all.sort(Comparator.comparingLong((Run run) -> run.header().after())
                    .thenComparing(run -> -run.header().upTo()));
            List<Run> whole = new ArrayList<>();
            long reached = 0;
            for (Run run : all) {
                // A run whose events are already covered was merged before the process ended.
                if (run.header().after() == reached && run.header().upTo() > reached) {
                    reached = run.header().upTo();
                    whole.add(run);
                } else {
                    remove(run);
                }
            }
            return whole;
        } catch (IOException | RuntimeException e) {
            all.forEach(IndexFolder::close);
            throw e;
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.toList();
        }
    }

    private boolean open(Path file, List<Run> all, boolean isReported) throws IOException {
        try {
            all.add(Run.open(file, seedCheck));
            return true;
        } catch (IOException e) {
            if (isReported) {
                LOG.warn("{}; it is removed, and its entries are read from the store again", describe(file, e));
            }
            FileTree.delete(file);
            return false;
        }
    }

    private static String describe(Path file, IOException e) {
        return e instanceof DamagedRunException ? String.valueOf(e.getMessage()) : file + " cannot be read: " + e;
    }

    static void remove(Run run) throws IOException {
        run.close();
        FileTree.delete(run.file().path());
    }

    static void close(Run run) {
        try {
            run.close();
        } catch (IOException e) {
            // Harmless: the file was only open for reading.
        }
    }
}
