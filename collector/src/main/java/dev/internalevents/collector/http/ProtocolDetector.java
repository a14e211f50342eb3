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
 * Detects the protocol from a connection's first bytes. For HTTP/1, replaces Vert.x's decoder with the strict one.
 * Comes first in the connection's pipeline and removes itself afterwards.
 */
final class ProtocolDetector extends ByteToMessageDecoder {

    /** The start of the HTTP/2 preface; no HTTP/1 method starts like this. */
    private static final byte[] PREFACE = "PRI ".getBytes(StandardCharsets.US_ASCII);

    /** The name of Vert.x's decoder in the pipeline. */
    private static final String DECODER = "httpDecoder";

    private final Http1ServerConfig config;
    private final boolean h2c;

    ProtocolDetector(Http1ServerConfig config, boolean h2c) {
        this.config = config;
        this.h2c = h2c;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ChannelPipeline pipeline = context.pipeline();
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls != null && isBefore(pipeline, tls)) {
            // Look at the decrypted bytes instead.
            pipeline.addAfter(tls.name(), null, new ProtocolDetector(config, h2c));
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
            // Vert.x creates its handlers at the first byte that is not part of the HTTP/2 preface. An empty line
            // before a
            // request is ignored.
            context.fireChannelRead(Unpooled.copiedBuffer("\r\n", StandardCharsets.US_ASCII));
        }
        if (pipeline.get(DECODER) == null) {
            throw new IllegalStateException("Vert.x no longer has a handler \"" + DECODER + "\", so requests with"
                    + " folded headers cannot be detected");
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
