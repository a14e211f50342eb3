package dev.internalevents.hostile.headers;

import dev.internalevents.client.InternalEventsClient;
import dev.internalevents.servlet.InternalEventFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The filter in a servlet container. */
final class JettyTransport implements Transport {

    private final ServerConnector connector;

    JettyTransport(InternalEventsClient client, int maxHeaderBytes) throws Exception {
        QueuedThreadPool pool = new QueuedThreadPool(8, 8);
        pool.setDaemon(true);
        Server server = new Server(pool);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setRequestHeaderSize(maxHeaderBytes);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        InternalEventFilter filter = InternalEventFilter.builder()
                .environment("e".repeat(40))
                .source("😀".repeat(33))
                .build();
        handler.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
        handler.addServlet(
                new ServletHolder(new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        client.event("served").put("own", 1).track();
                    }
                }),
                "/*");
        server.setHandler(handler);
        server.start();
    }

    @Override
    public boolean send(Map<String, String> headers) throws Exception {
        return Transport.get(connector.getLocalPort(), headers);
    }

    @Override
    public void close() {
        connector.close();
    }
}
