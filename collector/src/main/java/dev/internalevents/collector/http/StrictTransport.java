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
 * Java's NIO transport with two rules that Vert.x has no option for. HTTP/1.1 requests with folded headers are invalid
 * (RFC 9112, 5.2). Cleartext HTTP/2 starts with its preface; {@code Upgrade: h2c} is ignored unless enabled, because
 * requests after an upgrade would bypass a proxy that filters requests by path.
 */
public final class StrictTransport implements io.vertx.core.transport.Transport {

    private final Http1ServerConfig config;
    private final boolean h2c;

    /**
     * Creates a transport that decodes requests strictly.
     *
     * @param config the limits of a request's head
     * @param h2c whether HTTP/2 may start with an upgrade
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
        @SuppressWarnings("deprecation") // The interface requires it.
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

    /** Prepares accepted connections. Runs before the server's own handler, so before anything is read from them. */
    private final class Accepting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext server, Object accepted) {
            if (accepted instanceof Channel connection) {
                connection.pipeline().addFirst(new ProtocolDetector(config, h2c));
            }
            server.fireChannelRead(accepted);
        }
    }
}
