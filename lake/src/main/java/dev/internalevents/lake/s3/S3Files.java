package dev.internalevents.lake.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Files in an object store that speaks S3's protocol. A file exists once it is closed. Throws
 * {@link RuntimeIOException} with a {@link BucketException} if the store does not do what it is asked; a request is
 * repeated, and ends within the timeouts of the settings. Thread-safe.
 */
public final class S3Files implements DelegateFileIO {

    private static final long serialVersionUID = 1;
    private static final int MAX_DELETED = 1_000;
    private static final int OK = 200;
    private static final int NOT_IMPLEMENTED = 501;

    private transient @Nullable S3Settings settings;
    private transient volatile @Nullable ObjectStore opened;

    /** Creates it; Iceberg's catalogs call this by name, and then {@link #initialize}. */
    public S3Files() {}

    /** Creates it with settings. */
    public S3Files(S3Settings settings) {
        this.settings = settings;
    }

    @Override
    public void initialize(Map<String, String> properties) {
        settings = S3Settings.of(properties, System::getenv);
    }

    /** Returns the store, which is opened at the first use. */
    ObjectStore store() {
        ObjectStore store = opened;
        if (store == null) {
            synchronized (this) {
                store = opened;
                if (store == null) {
                    S3Settings known = settings == null ? S3Settings.of(Map.of(), System::getenv) : settings;
                    store = ObjectStore.open(known);
                    opened = store;
                }
            }
        }
        return store;
    }

    @Override
    public InputFile newInputFile(String location) {
        return newInputFile(location, ObjectInput.UNKNOWN);
    }

    @Override
    public InputFile newInputFile(String location, long length) {
        if (!ObjectName.matches(location)) {
            throw new NotFoundException("%s is not the address of an object", location);
        }
        return new ObjectInput(this, location, ObjectName.of(location), length);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new ObjectOutput(this, location, ObjectName.of(location));
    }

    /** Returns the bytes of a small file; null if it does not exist. */
    public byte @Nullable [] read(String location) {
        return store().read(ObjectName.of(location));
    }

    /** Returns whether the file exists. */
    public boolean exists(String location) {
        return store().exists(ObjectName.of(location));
    }

    /** Writes a small file, also over another one. */
    public void write(String location, byte[] content) {
        store().put(ObjectName.of(location), content, content.length);
    }

    /**
     * Writes a small file if there is none.
     *
     * @return whether it was written; false if there is another one
     * @throws org.apache.iceberg.exceptions.CommitStateUnknownException if it may have been written
     */
    public boolean create(String location, byte[] content) {
        return store().create(ObjectName.of(location), content);
    }

    /**
     * Returns whether the store refuses to replace a file when it is asked to write it only if there is none.
     *
     * @param location a file that does not exist, and does not exist afterwards
     */
    public boolean keepsWhatExists(String location) {
        ObjectName name = ObjectName.of(location);
        byte[] content = {'1'};
        int first = store().createOnce(name, content);
        if (first == NOT_IMPLEMENTED) {
            return false;
        }
        if (first != OK) {
            // With the reason of the store
            store().put(name, content, content.length);
        }
        int second = store().createOnce(name, content);
        byte[] found = second == OK ? store().read(name) : null;
        if (found != null && !Arrays.equals(found, content)) {
            throw new RuntimeIOException(store().isNone(name.bucket()));
        }
        store().delete(name);
        return first == OK && second != OK;
    }

    @Override
    public void deleteFile(String location) {
        store().delete(ObjectName.of(location));
    }

    @Override
    public void deleteFiles(Iterable<String> locations) {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        int failed = 0;
        for (String location : locations) {
            ObjectName name = ObjectName.of(location);
            List<String> some = keys.computeIfAbsent(name.bucket(), bucket -> new ArrayList<>());
            some.add(name.key());
            if (some.size() == MAX_DELETED) {
                failed += delete(name.bucket(), some);
                some.clear();
            }
        }
        for (Map.Entry<String, List<String>> rest : keys.entrySet()) {
            failed += rest.getValue().isEmpty() ? 0 : delete(rest.getKey(), rest.getValue());
        }
        if (failed > 0) {
            throw new BulkDeletionFailureException(failed);
        }
    }

    private int delete(String bucket, List<String> keys) {
        try {
            return store().delete(bucket, keys);
        } catch (RuntimeIOException e) {
            BucketException failure = BucketException.in(e);
            if (failure == null || !(failure.isRefusal() || failure.status() == NOT_IMPLEMENTED)) {
                throw e;
            }
            // Not every store can delete many objects at once.
            keys.forEach(key -> store().delete(new ObjectName(bucket, key)));
            return 0;
        }
    }

    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        ObjectName name = ObjectName.of(prefix);
        return () -> new Files(name, prefix);
    }

    /** Names the files as the prefix does, whose scheme may be another one. */
    private final class Files implements Iterator<FileInfo> {
        private final ObjectName prefix;
        private final String root;
        private final Iterator<S3Object> objects;

        private Files(ObjectName prefix, String location) {
            this.prefix = prefix;
            this.root = location.substring(0, location.length() - prefix.key().length());
            this.objects = store().list(prefix).iterator();
        }

        @Override
        public boolean hasNext() {
            try {
                return objects.hasNext();
            } catch (SdkException e) {
                throw new RuntimeIOException(store().failure(prefix.bucket(), e));
            }
        }

        @Override
        public FileInfo next() {
            S3Object object = objects.next();
            return new FileInfo(
                    root + object.key(), object.size(), object.lastModified().toEpochMilli());
        }
    }

    @Override
    public void deletePrefix(String prefix) {
        List<String> locations = new ArrayList<>();
        for (FileInfo file : listPrefix(prefix)) {
            locations.add(file.location());
            if (locations.size() == MAX_DELETED) {
                deleteFiles(locations);
                locations.clear();
            }
        }
        deleteFiles(locations);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (opened != null) {
                opened.close();
                opened = null;
            }
        }
    }
}
