package dev.internalevents.collector.backup;

import dev.internalevents.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes a backup as a tar stream. Its last entry lists name, size and SHA-256 of all others, so that a reader can
 * check that the backup is complete. Blocks as long as the stream does. Not thread-safe.
 */
public final class BackupWriter implements AutoCloseable {

    private static final int OWNER_ONLY = 0600;
    private static final int BUFFER_BYTES = 1 << 16;

    private final TarArchiveOutputStream tar;
    private final BackupManifest manifest;
    private final List<Map<String, Object>> written = new ArrayList<>();

    /** Writes the manifest. */
    public BackupWriter(OutputStream out, BackupManifest manifest) throws IOException {
        this.tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        this.tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        this.manifest = manifest;
        byte[] json = manifest.json();
        put(BackupNames.MANIFEST, json.length);
        tar.write(json);
        ended(BackupNames.MANIFEST, json.length, Sha256.digest().digest(json));
    }

    /** Writes an empty entry, so that the connection is not idle while files are copied. */
    public void stillCopying() throws IOException {
        put(BackupNames.COPYING, 0);
        tar.closeArchiveEntry();
        tar.flush();
    }

    /** Writes the files of a copy and ends the backup. */
    public void write(BackupCopy copy) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (BackupCopy.Part part : copy.parts()) {
            put(part.name(), part.bytes());
            MessageDigest sha256 = Sha256.digest();
            try (InputStream in = Files.newInputStream(part.file())) {
                DigestOutputStream out = new DigestOutputStream(tar, sha256);
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    out.write(buffer, 0, n);
                }
            }
            ended(part.name(), part.bytes(), sha256.digest());
        }
        byte[] complete = Json.write(Map.of("entries", written)).getBytes(StandardCharsets.UTF_8);
        put(BackupNames.COMPLETE, complete.length);
        tar.write(complete);
        tar.closeArchiveEntry();
        tar.finish();
        tar.flush();
    }

    private void put(String name, long bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes);
        entry.setMode(OWNER_ONLY);
        entry.setModTime(manifest.time().toEpochMilli());
        tar.putArchiveEntry(entry);
    }

    private void ended(String name, long bytes, byte[] sha256) throws IOException {
        tar.closeArchiveEntry();
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("size", bytes);
        entry.put("sha256", HexFormat.of().formatHex(sha256));
        written.add(entry);
    }

    /** Closes the underlying stream. */
    @Override
    public void close() throws IOException {
        tar.close();
    }
}
