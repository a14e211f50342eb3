package dev.internalevents.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** Jetty with few threads, so that anything left on a thread is visible to a later request. */
final class ServletServer implements AutoCloseable {

    interface Page {
        void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private static final int THREADS = 6;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ServerConnector connector;

    private ServletServer(ServerConnector connector) {
        this.connector = connector;
    }

    /** Answers every path with the page; status 500 is answered by a dispatch to {@code /error}. */
    static ServletServer start(@Nullable InternalEventFilter filter, List<EventListener> listeners, Page page)
            throws Exception {
        QueuedThreadPool pool = new QueuedThreadPool(THREADS, THREADS);
        pool.setDaemon(true);
        pool.setReservedThreads(1);
        Server server = new Server(pool);
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        if (filter != null) {
            FilterHolder holder = new FilterHolder(filter);
            holder.setAsyncSupported(true);
            handler.addFilter(
                    holder, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        }
        listeners.forEach(handler::addEventListener);
        ServletHolder servlet = new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    page.serve(request, response);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        servlet.setAsyncSupported(true);
        handler.addServlet(servlet, "/*");
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(500, "/error");
        handler.setErrorHandler(errors);
        server.setHandler(handler);
        server.start();
        return new ServletServer(connector);
    }

    String get(String path, Map<String, String> headers) throws IOException, InterruptedException {
        return send(path, headers).body();
    }

    HttpResponse<String> send(String path, Map<String, String> headers) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Closes only the connector. Stopping the whole server would wait for the client's idle connections; its threads
     * are daemons.
     */
    @Override
    public void close() {
        connector.close();
    }
}
