package dev.internalevents.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Delegates to the container's stream; a {@code WriteListener} runs in the scopes of its request. */
final class TrackedOutputStream extends ServletOutputStream {

    private final ServletOutputStream inner;
    private final RequestScopes scopes;

    TrackedOutputStream(ServletOutputStream inner, RequestScopes scopes) {
        this.inner = inner;
        this.scopes = scopes;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        inner.setWriteListener(listener == null ? null : new TrackedListener(listener));
    }

    @Override
    public boolean isReady() {
        return inner.isReady();
    }

    @Override
    public void write(int octet) throws IOException {
        inner.write(octet);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        inner.write(bytes);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        inner.write(bytes, offset, length);
    }

    @Override
    public void write(ByteBuffer buffer) throws IOException {
        inner.write(buffer);
    }

    /**
     * Delegated because the container may encode text differently from the default; the other print methods call these.
     */
    @Override
    public void print(String text) throws IOException {
        inner.print(text);
    }

    @Override
    public void println() throws IOException {
        inner.println();
    }

    @Override
    public void println(String text) throws IOException {
        inner.println(text);
    }

    @Override
    public void flush() throws IOException {
        inner.flush();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    private final class TrackedListener implements WriteListener {

        private final WriteListener listener;

        private TrackedListener(WriteListener listener) {
            this.listener = listener;
        }

        @Override
        public void onWritePossible() throws IOException {
            scopes.run(listener::onWritePossible);
        }

        @Override
        public void onError(Throwable failure) {
            scopes.run(() -> listener.onError(failure));
        }
    }
}
