package dev.internalevents.collector.backup;

import dev.internalevents.protocol.Excerpt;
import dev.internalevents.protocol.Json;
import dev.internalevents.protocol.MalformedPayloadException;
import dev.internalevents.protocol.Printable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a backup to its end and checks the names, sizes and hashes of all entries. */
public final class BackupReader {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_JSON_BYTES = 16 << 20;
    private static final String AGAIN = "; make another backup";

    /** More entries than the largest {@link BackupNames#COMPLETE} can list. */
    private static final int MAX_ENTRIES = 100_000;

    private final HeaderLimit headers;
    private final TarArchiveInputStream tar;
    private final Target target;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    /**
     * The contents of a backup.
     *
     * @param manifest describes what it is a copy of
     * @param bytes the total size of its files
     */
    public record Contents(BackupManifest manifest, long bytes) {}

    /** Receives the files of a backup. */
    @FunctionalInterface
    interface Target {
        /** Opens a stream for a file; the reader closes it when all bytes are written. */
        OutputStream open(String name) throws IOException;
    }

    private record Entry(long size, String sha256) {}

    private BackupReader(InputStream in, Target target) {
        this.headers = new HeaderLimit(in);
        // Never closed, because that would close the caller's stream.
        this.tar = new TarArchiveInputStream(headers, StandardCharsets.UTF_8.name());
        this.target = target;
    }

    /**
     * Checks a backup. Blocks until it is read completely; leaves the stream open.
     *
     * @throws IOException if it is not a complete backup of a format that this version reads, or if commons-compress is
     *     not on the class path; the message says what is wrong
     */
    public static Contents check(InputStream in) throws IOException {
        return read(in, name -> OutputStream.nullOutputStream());
    }

    static Contents read(InputStream in, Target target) throws IOException {
        TarLibrary.require();
        Contents contents = new BackupReader(in, target).run();
        in.transferTo(OutputStream.nullOutputStream());
        return contents;
    }

    private Contents run() throws IOException {
        BackupManifest manifest = null;
        for (int count = 0; ; count++) {
            if (count > MAX_ENTRIES) {
                throw new IOException("not a backup: it has more than " + MAX_ENTRIES + " entries");
            }
            TarArchiveEntry entry = next(manifest == null);
            if (entry == null) {
                throw new IOException(
                        manifest == null
                                ? "not a backup: it does not begin with " + BackupNames.MANIFEST
                                : "the backup is cut off: it does not end with " + BackupNames.COMPLETE + AGAIN);
            }
            String name = entry.getName();
            if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
                throw new IOException("the entry " + shown(name) + " is not a plain file" + AGAIN);
            }
            if (!entry.getExtraPaxHeaders().isEmpty()) {
                // Global attributes, which apply to all entries that follow, would pile up in memory.
                throw new IOException("the entry " + shown(name) + " has attributes that backups never have" + AGAIN);
            }
            if (manifest == null) {
                if (!name.equals(BackupNames.MANIFEST)) {
                    throw new IOException(
                            "not a backup: it begins with " + shown(name) + " instead of " + BackupNames.MANIFEST);
                }
                byte[] json = json(entry);
                manifest = BackupManifest.parse(json);
                note(name, json.length, Sha256.digest().digest(json));
            } else if (name.equals(BackupNames.COMPLETE)) {
                compare(json(entry));
                checkWhole();
                return new Contents(manifest, bytes);
            } else if (!name.equals(BackupNames.COPYING)) {
                file(entry);
            }
        }
    }

    private @Nullable TarArchiveEntry next(boolean isFirst) throws IOException {
        headers.begin();
        try {
            return tar.getNextEntry();
        } catch (HeaderLimit.ExceededException e) {
            throw e;
        } catch (EOFException e) {
            throw new IOException("the backup is cut off in the header of an entry" + AGAIN, e);
        } catch (IOException | RuntimeException e) {
            // A RuntimeException for invalid headers, such as a negative size.
            throw new IOException(
                    isFirst
                            ? "not a backup: it does not begin as one"
                            : "the backup cannot be read, at the header of an entry: " + Reason.of(e) + AGAIN,
                    e);
        } finally {
            headers.end();
        }
    }

    private void file(TarArchiveEntry entry) throws IOException {
        String name = entry.getName();
        if (!BackupNames.isFile(name) || entries.containsKey(name)) {
            throw new IOException("the entry " + shown(name)
                    + (entries.containsKey(name) ? " occurs twice" : " is not part of a backup") + AGAIN);
        }
        MessageDigest sha256 = Sha256.digest();
        try (DigestOutputStream out = new DigestOutputStream(target.open(name), sha256)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            long read = 0;
            for (int n = read(buffer, name); n >= 0; n = read(buffer, name)) {
                out.write(buffer, 0, n);
                read += n;
            }
            if (read != entry.getSize()) {
                throw new IOException("the backup is cut off in its entry " + name + AGAIN);
            }
        }
        bytes += entry.getSize();
        note(name, entry.getSize(), sha256.digest());
    }

    private int read(byte[] buffer, String name) throws IOException {
        try {
            return tar.read(buffer);
        } catch (IOException e) {
            // Also thrown for a truncated tar.
            throw new IOException("the backup cannot be read, in its entry " + name + ": " + Reason.of(e) + AGAIN, e);
        }
    }

    private byte[] json(TarArchiveEntry entry) throws IOException {
        if (entry.getSize() > MAX_JSON_BYTES) {
            throw new IOException("the entry " + entry.getName() + " has more than " + MAX_JSON_BYTES + " bytes");
        }
        byte[] json;
        try {
            json = tar.readAllBytes();
        } catch (IOException e) {
            throw new IOException(
                    "the backup cannot be read, in its entry " + entry.getName() + ": " + Reason.of(e) + AGAIN, e);
        }
        if (json.length != entry.getSize()) {
            throw new IOException("the backup is cut off in its entry " + entry.getName() + AGAIN);
        }
        return json;
    }

    private void note(String name, long size, byte[] sha256) {
        entries.put(name, new Entry(size, HexFormat.of().formatHex(sha256)));
    }

    /** Compares the entries that were read with the list of entries that were written. */
    private void compare(byte[] json) throws IOException {
        Map<String, Entry> written = new LinkedHashMap<>();
        try {
            Object parsed = Json.parse(json);
            Object list = parsed instanceof Map<?, ?> map ? map.get("entries") : null;
            if (!(list instanceof List<?> all)) {
                throw new IllegalArgumentException("it has no \"entries\"");
            }
            for (Object one : all) {
                if (!(one instanceof Map<?, ?> entry)) {
                    throw new IllegalArgumentException("an entry is not an object");
                }
                written.put(
                        String.valueOf(entry.get("name")),
                        new Entry(BackupManifest.number(entry, "size"), String.valueOf(entry.get("sha256"))));
            }
        } catch (MalformedPayloadException | IllegalArgumentException e) {
            throw new IOException("its " + BackupNames.COMPLETE + " cannot be read: " + e.getMessage() + AGAIN, e);
        }
        for (Map.Entry<String, Entry> one : written.entrySet()) {
            Entry read = entries.get(one.getKey());
            if (!one.getValue().equals(read)) {
                throw new IOException(
                        "the entry " + shown(one.getKey()) + " is " + different(one.getValue(), read) + AGAIN);
            }
        }
        for (String name : entries.keySet()) {
            if (!written.containsKey(name)) {
                throw new IOException("the entry " + name + " is not listed in " + BackupNames.COMPLETE + AGAIN);
            }
        }
    }

    private static String different(Entry written, @Nullable Entry read) {
        if (read == null) {
            return "missing";
        }
        return written.size() == read.size()
                ? "damaged: its SHA-256 is " + read.sha256() + " instead of " + written.sha256()
                : "damaged: it has " + read.size() + " bytes instead of " + written.size();
    }

    private void checkWhole() throws IOException {
        boolean hasFrames = entries.keySet().stream().anyMatch(BackupNames::isSegment);
        if (!hasFrames || !entries.containsKey(BackupNames.STORE) || !entries.containsKey(BackupNames.SPOOL_ID)) {
            throw new IOException("not a backup: the store or the spool is missing" + AGAIN);
        }
    }

    private static String shown(String name) {
        String text = Printable.of(name, "?");
        return "\"" + Excerpt.of(text, 100) + "\"";
    }
}
