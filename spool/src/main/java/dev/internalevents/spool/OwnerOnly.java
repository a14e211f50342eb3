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

/**
 * Creates files and folders that only their owner can read, if the file system supports permissions: frames contain
 * personal data.
 */
public final class OwnerOnly {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private static final String FOLDER = "rwx------";
    private static final String FILE = "rw-------";

    private OwnerOnly() {}

    /**
     * Creates a folder if it does not exist.
     *
     * @throws IOException if it cannot be created
     */
    public static void createFolder(Path folder) throws IOException {
        // An existing folder, or a link to one, keeps its permissions.
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, attributes(FOLDER));
        }
    }

    /** Restricts the files of a folder, which an earlier version or a copy may have left readable by others. */
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
     * Opens a file; if this creates it, only its owner can read and write it.
     *
     * @throws IOException as {@link FileChannel#open}
     */
    public static FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        return FileChannel.open(file, options, attributes(FILE));
    }

    /**
     * Gives a file the owner and the group of another, so that files which root writes into a service's folder belong
     * to the service. Changes nothing if that is not allowed.
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
            // Only root may do this. For other users the owner is already right, or the folder's permissions decide.
        }
    }

    /** Restores the owner's permission to read and write a file; does nothing if this process is not the owner's. */
    static void makeReadable(Path file) {
        if (POSIX && Files.isRegularFile(file) && !(Files.isReadable(file) && Files.isWritable(file))) {
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                // Ignored: opening the file will fail and report why.
            }
        }
    }

    /**
     * Forces the names in a folder to the disk, so that a file that was created or renamed survives a loss of power.
     *
     * @throws IOException if the folder cannot be read
     */
    public static void forceNames(Path folder) throws IOException {
        // On other systems a folder cannot be opened, and names are written with the files.
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
