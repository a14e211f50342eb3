package dev.internalevents.lake.s3;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/** What the clients of one object store share. */
final class Connection implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final S3Settings settings;
    private final SdkHttpClient http;
    private final AwsCredentialsProvider credentials;
    private final Region region;

    Connection(S3Settings settings) {
        this.settings = settings;
        this.region = region(settings);
        this.credentials = credentials(settings.keys());
        this.http = UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(settings.timeouts().read())
                .build();
    }

    private static Region region(S3Settings settings) {
        if (settings.region() != null) {
            return Region.of(settings.region());
        }
        if (settings.endpoint() == null) {
            try {
                return DefaultAwsRegionProviderChain.builder().build().getRegion();
            } catch (SdkClientException e) {
                throw SdkClientException.create("no region was found; set AWS_REGION, for example to eu-central-1");
            }
        }
        // Only AWS has regions; the service that names that of the machine would be waited for elsewhere.
        try {
            Region found = new AwsProfileRegionProvider().getRegion();
            return found == null ? Region.US_EAST_1 : found;
        } catch (SdkClientException e) {
            return Region.US_EAST_1;
        }
    }

    private static AwsCredentialsProvider credentials(S3Settings.@Nullable Keys keys) {
        if (keys == null) {
            return DefaultCredentialsProvider.builder().build();
        }
        return StaticCredentialsProvider.create(
                keys.session() == null
                        ? AwsBasicCredentials.create(keys.id(), keys.secret())
                        : AwsSessionCredentials.create(keys.id(), keys.secret(), keys.session()));
    }

    /** Returns a name of the store. */
    String store() {
        return settings.endpoint() == null ? "AWS in " + region : settings.endpoint();
    }

    /** Returns a client that makes so many attempts. */
    S3Client client(int attempts) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(credentials)
                .region(region)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(settings.endpoint() == null)
                        // With it, the JDK's client drops the body of a refusal, which says why.
                        .expectContinueEnabled(false)
                        .build())
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .apiCallTimeout(settings.timeouts().call())
                        .apiCallAttemptTimeout(settings.timeouts().attempt())
                        .retryStrategy(
                                attempts == 1
                                        ? AwsRetryStrategy.doNotRetry()
                                        : AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                                .maxAttempts(attempts)
                                                .build())
                        .build());
        if (settings.endpoint() != null) {
            // Not every store knows AWS's newer checksums.
            builder.endpointOverride(URI.create(settings.endpoint()))
                    .forcePathStyle(true)
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        return builder.build();
    }

    @Override
    public void close() {
        http.close();
        if (credentials instanceof DefaultCredentialsProvider found) {
            found.close();
        }
    }
}
