package dev.internalevents.collector.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rejects requests with folded headers. Netty joins the lines of a folded header without a trace, so this decoder
 * inspects the lines of a request's head while Netty reads them from the buffer. Ignores everything after an invalid
 * request on the same connection, because the end of that request's body is uncertain.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {

    private final boolean h2c;
    private @Nullable ByteBuf input;
    private int looked;
    private boolean inHead;
    private boolean folded;
    private boolean first = true;
    private boolean invalid;

    StrictRequestDecoder(Http1ServerConfig config, boolean h2c) {
        super(config);
        this.h2c = h2c;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (invalid) {
            in.skipBytes(in.readableBytes());
            return;
        }
        input = in;
        looked = in.readerIndex();
        int before = out.size();
        super.decode(context, in, out);
        look();
        if (out.size() > before && out.get(before) instanceof HttpRequest request) {
            check(request, before, out);
        }
    }

    private void check(HttpRequest request, int at, List<Object> out) {
        if (folded && request.decoderResult().isSuccess()) {
            invalid = true;
            request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("a header is folded")));
            while (out.size() > at + 1) {
                out.remove(out.size() - 1);
            }
            out.add(LastHttpContent.EMPTY_LAST_CONTENT);
        } else if (first && !h2c) {
            dropUpgrade(request);
        }
        first = false;
    }

    /** Removes an upgrade to h2c. Only the first request of a connection can ask for one. */
    private static void dropUpgrade(HttpRequest request) {
        for (String protocol : request.headers().getAll(HttpHeaderNames.UPGRADE)) {
            if (protocol.toLowerCase(Locale.ROOT).contains("h2c")) {
                request.headers().remove(HttpHeaderNames.UPGRADE);
                return;
            }
        }
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
        HttpMessage message = super.createMessage(initialLine);
        inHead = true;
        folded = false;
        looked = input == null ? 0 : input.readerIndex();
        return message;
    }

    /** Netty calls this at the end of the head. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        look();
        inHead = false;
        return super.isContentAlwaysEmpty(message);
    }

    /** Inspects the lines read from the buffer since the last call. Netty reads whole lines. */
    private void look() {
        ByteBuf in = input;
        if (!inHead || in == null) {
            return;
        }
        int end = in.readerIndex();
        while (looked < end) {
            byte begin = in.getByte(looked);
            folded |= begin == ' ' || begin == '\t';
            int line = in.indexOf(looked, end, (byte) '\n');
            looked = line < 0 ? end : line + 1;
        }
    }
}
