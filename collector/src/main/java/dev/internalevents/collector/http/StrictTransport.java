package dev.internalevents.collector.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Java's own sockets, with what Vert.x has no option for: HTTP/1.1 requests with folded headers are invalid (RFC 9112,
 * 5.2), and HTTP/2 over clear text begins with its preface, by {@code Upgrade: h2c} only if that is asked for. What an
 * upgrade leads to passes a proxy that filters requests by their paths.
 */
public final class StrictTransport implements io.vertx.core.transport.Transport {

    private final Http1ServerConfig config;
    private final boolean h2c;

    /**
     * Decodes requests strictly.
     *
     * @param config the limits of a request's head
     * @param h2c whether HTTP/2 may begin with an upgrade
     */
    public StrictTransport(Http1ServerConfig config, boolean h2c) {
        this.config = config;
        this.h2c = h2c;
    }

    @Override
    public String name() {
        return NIO.name();
    }

    @Override
    public boolean available() {
        return NIO.available();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return NIO.unavailabilityCause();
    }

    @Override
    public Transport implementation() {
        return new Sockets(NIO.implementation());
    }

    private final class Sockets implements Transport {

        private final Transport nio;

        private Sockets(Transport nio) {
            this.nio = nio;
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            ChannelFactory<? extends ServerChannel> factory = nio.serverChannelFactory(domainSocket);
            return () -> {
                ServerChannel server = factory.newChannel();
                server.pipeline().addFirst(new Accepting());
                return server;
            };
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return nio.ioHandlerFactory();
        }

        @Override
        @SuppressWarnings("deprecation") // The interface asks for it.
        public DatagramChannel datagramChannel(@Nullable InternetProtocolFamily family) {
            return nio.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
            return nio.datagramChannelFactory();
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return nio.channelFactory(domainSocket);
        }
    }

    /** Comes before the server's own handler, and so before anything is read from the connection. */
    private final class Accepting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext server, Object accepted) {
            if (accepted instanceof Channel connection) {
                connection.pipeline().addFirst(new FirstBytes(config, h2c));
            }
            server.fireChannelRead(accepted);
        }
    }
}
