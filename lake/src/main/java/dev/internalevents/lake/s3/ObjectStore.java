package dev.internalevents.lake.s3;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The requests to an object store. Each is repeated after failures that may pass, and ends within the timeouts of the
 * settings. Throws {@link RuntimeIOException} with a {@link BucketException}. Thread-safe.
 */
final class ObjectStore implements AutoCloseable {

    private static final int MAX_ATTEMPTS = 4;
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;

    private final Connection connection;
    private final S3Client client;
    private final S3Client once;
    private final Duration longest;

    private ObjectStore(Connection connection, Duration longest) {
        this.longest = longest;
        this.connection = connection;
        this.client = connection.client(MAX_ATTEMPTS);
        this.once = connection.client(1);
    }

    /** Opens it, without a request. */
    static ObjectStore open(S3Settings settings) {
        try {
            return new ObjectStore(new Connection(settings), settings.timeouts().call());
        } catch (SdkException e) {
            throw new RuntimeIOException(BucketException.of("of the lake", "the store", e));
        }
    }

    /** Returns how long a request may take. */
    Duration longest() {
        return longest;
    }

    /** An object was certainly not written, so that what belongs to it can be deleted. */
    static final class NotCreated extends RuntimeException implements CleanableFailure {
        private static final long serialVersionUID = 1;

        private NotCreated(BucketException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Returns why a request for a bucket failed. */
    BucketException failure(String bucket, SdkException e) {
        return BucketException.of(bucket, connection.store(), e);
    }

    /** Returns the failure of something that accepts objects and does not store them. */
    BucketException isNone(String bucket) {
        return BucketException.ofNone(bucket, connection.store());
    }

    private <T> T ask(ObjectName name, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            if (BucketException.isMissing(e)) {
                throw new NotFoundException(e, "%s does not exist", name);
            }
            throw new RuntimeIOException(failure(name.bucket(), e));
        }
    }

    /** @throws NotFoundException if the object does not exist */
    long length(ObjectName name) {
        return ask(
                name,
                () -> client.headObject(head -> head.bucket(name.bucket()).key(name.key()))
                        .contentLength());
    }

    boolean exists(ObjectName name) {
        try {
            return length(name) >= 0;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** Returns an object's bytes from a position on. */
    ResponseInputStream<GetObjectResponse> read(ObjectName name, long position) {
        return ask(
                name,
                () -> client.getObject(
                        get -> get.bucket(name.bucket()).key(name.key()).range("bytes=" + position + "-")));
    }

    /** Returns an object's bytes; null if it does not exist. */
    byte @Nullable [] read(ObjectName name) {
        try {
            return ask(
                    name,
                    () -> client.getObjectAsBytes(
                                    get -> get.bucket(name.bucket()).key(name.key()))
                            .asByteArray());
        } catch (NotFoundException e) {
            return null;
        }
    }

    /** Writes an object, also over another one. */
    void put(ObjectName name, byte[] bytes, int length) {
        RequestBody body = RequestBody.fromBytes(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
        try {
            client.putObject(put -> put.bucket(name.bucket()).key(name.key()), body);
        } catch (SdkException e) {
            throw new RuntimeIOException(failure(name.bucket(), e));
        }
    }

    /**
     * Writes an object if there is none. If the answer to the request is lost, the object itself shows whether it was
     * written.
     *
     * @return whether it was written; false if there is another one
     * @throws NotCreated if the store has refused it
     * @throws CommitStateUnknownException if it may have been written
     */
    boolean create(ObjectName name, byte[] content) {
        boolean isCertain = true;
        for (int attempt = 1; ; attempt++) {
            BucketException failure;
            try {
                once.putObject(
                        put -> put.bucket(name.bucket()).key(name.key()).ifNoneMatch("*"),
                        RequestBody.fromBytes(content));
                return true;
            } catch (SdkException e) {
                failure = failure(name.bucket(), e);
            }
            isCertain &= failure.isRefusal();
            try {
                byte[] found = read(name);
                if (found != null) {
                    return Arrays.equals(found, content);
                }
            } catch (RuntimeIOException e) {
                // A precondition that failed may be that of an attempt before, which was carried out.
                isCertain &= failure.status() != PRECONDITION_FAILED && failure.status() != CONFLICT;
            }
            if (attempt == MAX_ATTEMPTS || !mayPass(failure)) {
                throw isCertain ? new NotCreated(failure) : new CommitStateUnknownException(failure);
            }
            pause(attempt, failure);
        }
    }

    /** Writes an object if there is none, in one attempt; returns the status of the answer. */
    int createOnce(ObjectName name, byte[] content) {
        try {
            return once.putObject(
                            put -> put.bucket(name.bucket()).key(name.key()).ifNoneMatch("*"),
                            RequestBody.fromBytes(content))
                    .sdkHttpResponse()
                    .statusCode();
        } catch (SdkException e) {
            BucketException failure = failure(name.bucket(), e);
            if (failure.status() == 0) {
                throw new RuntimeIOException(failure);
            }
            return failure.status();
        }
    }

    private static boolean mayPass(BucketException failure) {
        int status = failure.status();
        return !failure.isRefusal()
                || status == CONFLICT
                || status == PRECONDITION_FAILED
                || status == TIMEOUT
                || status == TOO_MANY;
    }

    private static void pause(int attempt, BucketException failure) {
        long most = FIRST_PAUSE_MILLIS << attempt;
        try {
            Thread.sleep(most / 2 + ThreadLocalRandom.current().nextLong(most / 2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommitStateUnknownException(failure);
        }
    }

    /** Begins an object in parts; returns the id of the upload. */
    String begin(ObjectName name) {
        return ask(
                name,
                () -> client.createMultipartUpload(
                                create -> create.bucket(name.bucket()).key(name.key()))
                        .uploadId());
    }

    /** Writes a part; parts have numbers from 1 on. */
    CompletedPart part(ObjectName name, String upload, int number, byte[] bytes, int length) {
        RequestBody body = RequestBody.fromBytes(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
        String tag = ask(
                name,
                () -> client.uploadPart(
                                part -> part.bucket(name.bucket())
                                        .key(name.key())
                                        .uploadId(upload)
                                        .partNumber(number),
                                body)
                        .eTag());
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /** Makes an object of the parts, which have so many bytes. */
    void complete(ObjectName name, String upload, List<CompletedPart> parts, long bytes) {
        try {
            ask(
                    name,
                    () -> client.completeMultipartUpload(complete -> complete.bucket(name.bucket())
                            .key(name.key())
                            .uploadId(upload)
                            .multipartUpload(object -> object.parts(parts))));
        } catch (NotFoundException e) {
            // The upload has ended, by an attempt whose answer was lost.
            if (!exists(name) || length(name) != bytes) {
                throw new RuntimeIOException("bucket %s: an upload has ended without an object", name.bucket());
            }
        }
    }

    /** Discards the parts. */
    void abort(ObjectName name, String upload) {
        ask(
                name,
                () -> once.abortMultipartUpload(
                        abort -> abort.bucket(name.bucket()).key(name.key()).uploadId(upload)));
    }

    /** Deletes an object, if it exists. */
    void delete(ObjectName name) {
        ask(
                name,
                () -> client.deleteObject(delete -> delete.bucket(name.bucket()).key(name.key())));
    }

    /** Deletes up to 1,000 objects; returns how many could not be deleted. */
    int delete(String bucket, List<String> keys) {
        List<ObjectIdentifier> objects = keys.stream()
                .map(key -> ObjectIdentifier.builder().key(key).build())
                .toList();
        return ask(
                new ObjectName(bucket, ""),
                () -> client.deleteObjects(request -> request.bucket(bucket)
                                .delete(delete -> delete.objects(objects).quiet(true)))
                        .errors()
                        .size());
    }

    /** Returns the objects whose keys begin with the key; asks for them while they are iterated. */
    Iterable<S3Object> list(ObjectName prefix) {
        return client.listObjectsV2Paginator(
                        list -> list.bucket(prefix.bucket()).prefix(prefix.key()))
                .contents();
    }

    @Override
    public void close() {
        client.close();
        once.close();
        connection.close();
    }
}
