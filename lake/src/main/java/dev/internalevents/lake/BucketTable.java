package dev.internalevents.lake;

import dev.internalevents.lake.s3.S3Files;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;

/** A table in an object store, which creates an object only if there is none when it is asked so. */
final class BucketTable extends VersionedTable {

    private final S3Files files;

    BucketTable(String location, S3Files files) {
        super(location, files);
        this.files = files;
    }

    @Override
    boolean exists(String name) {
        return files.exists(metadataFileLocation(name));
    }

    @Override
    String hint() {
        byte[] text = files.read(metadataFileLocation(HINT));
        return text == null ? "" : new String(text, StandardCharsets.UTF_8);
    }

    @Override
    OptionalInt list(Function<Stream<String>, OptionalInt> names) {
        String prefix = metadataFileLocation("");
        return names.apply(StreamSupport.stream(files.listPrefix(prefix).spliterator(), false)
                .map(file -> file.location().substring(prefix.length())));
    }

    @Override
    boolean create(String name, TableMetadata metadata) {
        byte[] json = TableMetadataParser.toJson(metadata).getBytes(StandardCharsets.UTF_8);
        return files.create(metadataFileLocation(name), json);
    }

    @Override
    void writeHint(String text) {
        files.write(metadataFileLocation(HINT), text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    void sync() {
        // An object that was answered for is there.
    }

    @Override
    String needs() {
        return "the lake needs a bucket that it can read and write";
    }
}
