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
 * Netty joins the lines of a folded header and leaves no trace of it; this decoder looks at the lines of a head while they
 * are taken from the buffer. What follows an invalid request on its connection is not read: where its body ends is not
 * certain.
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

    /** Only the first request of a connection can ask for it. */
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

    /** Called where the head ends. */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        look();
        inHead = false;
        return super.isContentAlwaysEmpty(message);
    }

    /** Looks at the lines that have been taken from the buffer since the last look; the decoder takes whole lines. */
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
