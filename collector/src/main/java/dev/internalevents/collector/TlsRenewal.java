package dev.internalevents.collector;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uses a renewed certificate for new connections as soon as its files change; open connections stay open. Files that
 * cannot be used are logged, and the previous certificate stays in use.
 */
final class TlsRenewal {

    private static final Logger LOG = LoggerFactory.getLogger(TlsRenewal.class);

    /** Looking at a file's time and size costs a few microseconds. */
    private static final long LOOK_MILLIS = 1_000;

    private static final List<String> PROTOCOLS = List.of("h2", "http/1.1");

    private final TlsFiles files;
    private final Vertx vertx;
    private final List<HttpServer> servers;
    private String seen;

    /** Notes the state of the files; to be created before they are read. */
    TlsRenewal(TlsFiles files, Vertx vertx, List<HttpServer> servers) {
        this.files = files;
        this.vertx = vertx;
        this.servers = servers;
        this.seen = state();
    }

    /** Starts to look at the files about once a second, until Vert.x is closed. */
    void start() {
        lookLater();
    }

    private void lookLater() {
        vertx.setTimer(
                LOOK_MILLIS,
                timer -> vertx.executeBlocking(() -> {
                            look();
                            return null;
                        })
                        .onComplete(done -> lookLater()));
    }

    private void look() {
        String now = state();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            TlsFiles.Loaded loaded = files.load(vertx);
            ServerSSLOptions options = options(loaded);
            for (HttpServer server : servers) {
                Future<Boolean> unused = server.updateSSLOptions(options)
                        .onFailure(e -> LOG.warn("the renewed certificate in {} is not used", files.file(), e));
            }
            LOG.info(
                    "new connections use the renewed certificate in {}, which is valid until {}",
                    files.file(),
                    loaded.certificate().getNotAfter().toInstant());
        } catch (IllegalArgumentException e) {
            LOG.warn("the previous certificate stays in use: --{}", e.getMessage());
        }
    }

    static ServerSSLOptions options(TlsFiles.Loaded loaded) {
        return new ServerSSLOptions()
                .setKeyCertOptions(loaded.options())
                .setUseAlpn(true)
                .setApplicationLayerProtocols(PROTOCOLS);
    }

    /** Returns what changes when a file is written or a link to it is replaced. */
    private String state() {
        return state(files.file()) + (files.key() == null ? "" : state(files.key()));
    }

    private static String state(Path file) {
        try {
            return file.toRealPath() + " " + Files.getLastModifiedTime(file) + " " + Files.size(file) + "\n";
        } catch (IOException e) {
            return "missing\n";
        }
    }
}
