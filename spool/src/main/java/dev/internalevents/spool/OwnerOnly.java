package dev.internalevents.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders that their owner alone may read, where the file system knows such a thing: frames are personal data. */
public final class OwnerOnly {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private static final String FOLDER = "rwx------";
    private static final String FILE = "rw-------";

    private OwnerOnly() {}

    /**
     * Makes a folder if it is not there.
     *
     * @throws IOException if it cannot be made
     */
    public static void createFolder(Path folder) throws IOException {
        // An existing folder keeps its permissions; so does a link to one.
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, attributes(FOLDER));
        }
    }

    /** Restricts the files of a folder, which an earlier version or a copy may have left open to others. */
    static void restrictFiles(Path folder) throws IOException {
        if (!POSIX) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    restrict(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * Restricts a file to its owner.
     *
     * @return false if the file system has permissions and this user may not change them, or if the file is missing
     */
    public static boolean restrict(Path file) {
        return restrict(file, FILE);
    }

    /**
     * Restricts a folder to its owner, but not what is in it.
     *
     * @return false if the file system has permissions and this user may not change them, or if the folder is missing
     */
    public static boolean restrictFolder(Path folder) {
        return restrict(folder, FOLDER);
    }

    private static boolean restrict(Path path, String permissions) {
        try {
            if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                    .equals(permissions)) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            }
            return true;
        } catch (UnsupportedOperationException e) {
            return true;
        } catch (IOException e) {
            // Another user owns it; the folder around it protects it.
            return false;
        }
    }

    /**
     * Creates a file for reading and writing.
     *
     * @throws IOException if the file exists or cannot be created
     */
    public static FileChannel create(Path file) throws IOException {
        return open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /**
     * Opens a file; one that is made by it is its owner's alone.
     *
     * @throws IOException as {@link FileChannel#open}
     */
    public static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        return FileChannel.open(file, options, attributes(FILE));
    }

    /**
     * Gives a file to the owner and the group of another: what root writes into a service's folder stays the service's. If
     * that is not allowed, nothing changes.
     */
    public static void giveTo(Path like, Path file) {
        if (!POSIX) {
            return;
        }
        try {
            PosixFileAttributes wanted = Files.readAttributes(like, PosixFileAttributes.class);
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            PosixFileAttributes there = view.readAttributes();
            if (!there.owner().equals(wanted.owner())) {
                view.setGroup(wanted.group());
                view.setOwner(wanted.owner());
            }
        } catch (IOException | UnsupportedOperationException e) {
            // Only root may; for others the owner is right already, or the folder is what decides.
        }
    }

    /** Gives the owner of a file back the right to read and write it; does nothing if this process is not the owner's. */
    static void makeReadable(Path file) {
        if (POSIX && Files.isRegularFile(file) && !(Files.isReadable(file) && Files.isWritable(file))) {
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                // Opening the file fails, and says why.
            }
        }
    }

    /**
     * Writes the names in a folder to the disk: a file that was created or renamed is there after a loss of power too.
     *
     * @throws IOException if the folder cannot be read
     */
    public static void forceNames(Path folder) throws IOException {
        // Elsewhere a folder cannot be opened, and names are written with the files.
        if (POSIX) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    private static FileAttribute<?>[] attributes(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
