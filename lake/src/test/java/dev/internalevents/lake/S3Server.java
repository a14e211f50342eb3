package dev.internalevents.lake;

import dev.internalevents.lake.s3.S3Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A server with S3's protocol, on a free port of 127.0.0.1, whose objects are in a folder; it has one bucket. */
public final class S3Server implements AutoCloseable {

    /** The name of the bucket. */
    public static final String BUCKET = "lake-bucket";

    private static final String KEY = "the-key";
    private static final String SECRET = "the-secret";

    private final Path folder;
    private final int port;
    private S3Proxy server;

    private S3Server(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Starts it, with objects in the folder. */
    public static S3Server start(Path folder) throws Exception {
        // Read by AWS's library
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        Files.createDirectories(folder.resolve(BUCKET));
        S3Server server = new S3Server(folder, freePort());
        server.start();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /** Starts it again, on the same port. */
    public void start() throws Exception {
        server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .endpoint(URI.create(url()))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .build();
        server.start();
    }

    /** Stops it; the objects stay. */
    public void stop() throws Exception {
        server.stop();
    }

    /** Returns its address. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Returns its port. */
    public int port() {
        return port;
    }

    /** Returns settings that read and write its objects. */
    public S3Settings settings() {
        return S3Settings.of(url(), name -> null);
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
