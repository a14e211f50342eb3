package dev.internalevents.collector.processing;

import dev.internalevents.spool.OwnerOnly;
import dev.internalevents.spool.SetAside;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of a few lines, readable only by its owner. It is overwritten in place in one call, so that a killed process
 * leaves the old or the new text. Its content is not essential: a damaged file is renamed with a warning and treated as
 * missing, a file deleted while in use is created again by the next write, and a failing write is logged once. Used by
 * one thread at a time.
 */
final class SmallFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SmallFile.class);
    private static final int MAX_BYTES = 4096;
    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Path file;
    private @Nullable FileChannel channel;
    private @Nullable Object openKey;
    private boolean failed;

    SmallFile(Path file) {
        this.file = file;
    }

    /** Returns the text that was written last; null if there is none, or it is damaged. */
    @Nullable
    String read() {
        try {
            if (Files.isDirectory(file)) {
                return setAside("it is a folder");
            }
            if (!Files.exists(file)) {
                return null;
            }
            ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
            FileChannel open = open();
            while (bytes.hasRemaining() && open.read(bytes, bytes.position()) > 0) {
                // Read to the end of the file.
            }
            String all = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            String text = checked(all);
            return text == null ? setAside(all.isEmpty() ? "it is empty" : "its checksum is wrong") : text;
        } catch (IOException e) {
            return setAside(e.toString());
        }
    }

    /**
     * Checks the text: the first line has its length and checksum. Anything after that length belongs to an older,
     * longer text.
     */
    private static @Nullable String checked(String all) {
        int line = all.indexOf('\n');
        String[] head = line < 0 ? new String[0] : all.substring(0, line).split(" ", -1);
        if (head.length != 2 || !head[0].matches("\\d{1,4}")) {
            return null;
        }
        int end = line + 1 + Integer.parseInt(head[0]);
        if (end > all.length()) {
            return null;
        }
        String text = all.substring(line + 1, end);
        return head[1].equals(checksum(text)) ? text : null;
    }

    private static String checksum(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }

    /** Writes a text of up to 4,000 ASCII characters. Failures are logged. */
    void write(String text) {
        String all = text.length() + " " + checksum(text) + "\n" + text;
        try {
            if (channel != null && !isOpenFile()) {
                close();
            }
            int ignored = open().write(ByteBuffer.wrap(all.getBytes(StandardCharsets.US_ASCII)), 0);
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("{} cannot be written; the next write tries again: {}", file, e.toString());
            }
            failed = true;
        }
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = OwnerOnly.open(file, OPTIONS);
            channel = open;
            openKey = key();
        }
        return open;
    }

    /** Returns whether the file with this name is still the open one, neither deleted nor replaced. */
    private boolean isOpenFile() throws IOException {
        try {
            return Objects.equals(openKey, key());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private @Nullable Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private @Nullable String setAside(String why) {
        close();
        try {
            Path aside = SetAside.move(file);
            LOG.warn("{} cannot be used ({}); it is now {}, and a new one is created", file, why, aside.getFileName());
        } catch (IOException e) {
            LOG.warn("{} cannot be used ({}) and cannot be renamed: {}", file, why, e.toString());
        }
        return null;
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("{} could not be closed", file, e);
            }
        }
    }
}
