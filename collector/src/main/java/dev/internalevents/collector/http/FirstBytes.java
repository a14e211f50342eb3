package dev.internalevents.collector.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.Http1ServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Stands first in a connection's pipeline until its first bytes tell the protocol: puts the strict decoder where Vert.x put
 * its own if it is HTTP/1, and goes away.
 */
final class FirstBytes extends ByteToMessageDecoder {

    /** How HTTP/2 begins; no method of HTTP/1 does. */
    private static final byte[] PREFACE = "PRI ".getBytes(StandardCharsets.US_ASCII);

    /** The name that Vert.x gives its decoder. */
    private static final String DECODER = "httpDecoder";

    private final Http1ServerConfig config;
    private final boolean h2c;

    FirstBytes(Http1ServerConfig config, boolean h2c) {
        this.config = config;
        this.h2c = h2c;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ChannelPipeline pipeline = context.pipeline();
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls != null && isBefore(pipeline, tls)) {
            // What matters is what comes out of it.
            pipeline.addAfter(tls.name(), null, new FirstBytes(config, h2c));
            pipeline.remove(this);
            return;
        }
        int known = Math.min(in.readableBytes(), PREFACE.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                http1(context);
                return;
            }
        }
        if (known == PREFACE.length) {
            pipeline.remove(this);
        }
    }

    private void http1(ChannelHandlerContext context) {
        ChannelPipeline pipeline = context.pipeline();
        if (pipeline.get(DECODER) == null) {
            // Vert.x makes its handlers at the first byte that is not HTTP/2's. An empty line before a request means
            // nothing.
            context.fireChannelRead(Unpooled.copiedBuffer("\r\n", StandardCharsets.US_ASCII));
        }
        if (pipeline.get(DECODER) == null) {
            throw new IllegalStateException("Vert.x has no handler \"" + DECODER + "\" any more; requests with folded"
                    + " headers cannot be told from others");
        }
        pipeline.replace(DECODER, DECODER, new StrictRequestDecoder(config, h2c));
        pipeline.remove(this);
    }

    private boolean isBefore(ChannelPipeline pipeline, ChannelHandlerContext tls) {
        for (var entry : pipeline) {
            ChannelHandler handler = entry.getValue();
            if (handler == this || handler == tls.handler()) {
                return handler == this;
            }
        }
        return false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var unused = context.close();
    }
}
