package dev.internalevents.lake;

import dev.internalevents.lake.s3.S3Files;
import dev.internalevents.store.SinkException;
import java.util.UUID;
import org.apache.iceberg.Table;

/** The tables in a bucket, each below a prefix with its name, without a catalog. */
final class BucketCatalog implements LakeCatalog {

    private final String location;
    private final S3Files files;
    private boolean isChecked;

    /** @param location the address of the bucket and a prefix, without a slash at the end */
    BucketCatalog(String location, S3Files files) {
        this.location = location;
        this.files = files;
    }

    @Override
    public synchronized Table open(TableShape shape) {
        if (!isChecked) {
            check();
            isChecked = true;
        }
        String place = location + "/" + shape.table();
        return LakeCatalog.open(new BucketTable(place, files), shape, place);
    }

    private void check() {
        if (!files.keepsWhatExists(location + "/.internal-events-probe-" + UUID.randomUUID())) {
            throw new SinkException("lake: the object store of " + location + " replaces an object when it is asked to"
                    + " create it only if there is none (If-None-Match), so that two collectors could overwrite each"
                    + " other's commits; name a catalog with --lake-catalog, or choose another store");
        }
    }

    @Override
    public void close() {
        files.close();
    }
}
