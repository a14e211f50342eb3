package dev.internalevents.lake.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An object store did not do what it was asked. The same trouble has the same message each time, without the ids of
 * requests and the names of objects.
 */
public final class BucketException extends IOException {

    private static final long serialVersionUID = 1;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int FIRST_CLIENT_ERROR = 400;
    private static final int FIRST_SERVER_ERROR = 500;
    private static final int MAX_CAUSES = 10;

    private final int status;

    private BucketException(String message, int status, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** @param store names the object store */
    static BucketException of(String bucket, String store, SdkException e) {
        if (e instanceof S3Exception answer) {
            return new BucketException("bucket " + bucket + ": " + answer(store, answer), answer.statusCode(), e);
        }
        return new BucketException("bucket " + bucket + ": " + reason(store, e), 0, e);
    }

    /** Returns the failure of something that is no object store. */
    static BucketException ofNone(String bucket, String store) {
        return new BucketException(
                "bucket " + bucket + ": what was written to " + store + " cannot be read there again; "
                        + expected(store),
                0,
                null);
    }

    private static String expected(String store) {
        return "expected an object store with S3's protocol at " + store
                + "; check its address (--lake-s3-endpoint, AWS_ENDPOINT_URL_S3)";
    }

    static BucketException of(String bucket, IOException e) {
        return new BucketException("bucket " + bucket + ": the connection failed: " + message(e), 0, e);
    }

    private static String answer(String store, S3Exception e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        String message = details == null ? null : details.errorMessage();
        return "the answer is " + e.statusCode() + (code == null ? "" : " " + code)
                + (message == null || message.isBlank() ? "" : ", " + message)
                + (code != null
                        ? ""
                        : e.statusCode() == NOT_FOUND
                                ? "; expected an object store at " + store + ", and a bucket that exists"
                                : "; " + expected(store)
                                        + (e.statusCode() == FORBIDDEN ? ", and the rights of the credentials" : ""));
    }

    private static String reason(String store, SdkException e) {
        String message = message(e);
        if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
            return "it did not answer in time";
        }
        if (message.contains("Unable to load credentials")) {
            return "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a"
                    + " role";
        }
        Throwable deepest = e;
        for (int i = 0; deepest.getCause() != null && i < MAX_CAUSES; i++) {
            deepest = deepest.getCause();
        }
        if (deepest instanceof ConnectException
                || deepest instanceof NoRouteToHostException
                || deepest instanceof UnknownHostException) {
            return store + " cannot be reached (" + message(deepest)
                    + "); check the network, and the address of the store (--lake-s3-endpoint, AWS_ENDPOINT_URL_S3)";
        }
        return deepest instanceof IOException
                ? message(deepest) + "; " + expected(store)
                : deepest == e ? message : message(deepest);
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        String name = e.getClass().getSimpleName();
        // The name of a host alone, for example
        return message == null || message.isBlank() ? name : message.contains(" ") ? message : name + " " + message;
    }

    /** Returns whether the store has refused the request, so that it was certainly not carried out. */
    boolean isRefusal() {
        return status >= FIRST_CLIENT_ERROR && status < FIRST_SERVER_ERROR;
    }

    /** Returns whether the object does not exist; the answer to a HEAD request does not say whether the bucket does. */
    static boolean isMissing(SdkException e) {
        return e instanceof S3Exception answer
                && answer.statusCode() == NOT_FOUND
                && !(answer.awsErrorDetails() != null
                        && "NoSuchBucket".equals(answer.awsErrorDetails().errorCode()));
    }

    /** Returns the status of the store's answer; 0 if there was none. */
    int status() {
        return status;
    }

    /** Returns the one among the causes of a failure; null if there is none. */
    public static @Nullable BucketException in(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof BucketException bucket) {
                return bucket;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
