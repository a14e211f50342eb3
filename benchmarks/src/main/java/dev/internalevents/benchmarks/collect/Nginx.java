package dev.internalevents.benchmarks.collect;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** The peer: nginx with one worker, which reads each body and writes it to its log. */
final class Nginx implements AutoCloseable {

    private static final Path ECHO = Path.of("/usr/lib/nginx/modules/ngx_http_echo_module.so");

    private final Process process;
    private final Path log;
    private final int port;

    private Nginx(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    static void check() throws IOException {
        if (!isThere("nginx") || !isThere("wrk") || !Files.exists(ECHO)) {
            throw new IOException("collect needs nginx with its echo module, and wrk:"
                    + " apt-get install nginx-light wrk libnginx-mod-http-echo");
        }
    }

    private static boolean isThere(String command) throws IOException {
        try {
            return new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin command -v " + command)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static Nginx start(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        Path log = folder.resolve("bodies.log");
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                load_module %s;
                worker_processes 1;
                daemon off;
                pid %s/nginx.pid;
                error_log %s/error.log;
                events { worker_connections 1024; }
                http {
                  log_format bodies escape=none '$request_body';
                  access_log %s bodies;
                  client_body_buffer_size 1m;
                  client_max_body_size 8m;
                  client_body_in_single_buffer on;
                  client_body_temp_path %s/client;
                  proxy_temp_path %s/proxy;
                  fastcgi_temp_path %s/fastcgi;
                  uwsgi_temp_path %s/uwsgi;
                  scgi_temp_path %s/scgi;
                  keepalive_requests 1000000000;
                  tcp_nodelay on;
                  server { listen 127.0.0.1:%d; location / { echo_read_request_body; echo ok; } }
                }
                """.formatted(
                        ECHO, folder, folder, log, folder, folder, folder, folder, folder, port));
        Process process = new ProcessBuilder(
                        "sh", "-c", "PATH=$PATH:/usr/sbin exec nginx -c " + config + " -e " + folder + "/start.log")
                .inheritIO()
                .start();
        for (int i = 0; i < 100; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Nginx(process, log, port);
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        throw new IOException("nginx did not start; see " + folder + "/error.log");
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    /** Returns the number of lines in the log, one per body. */
    long bodies() throws IOException {
        long lines = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(log))) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }
}
