package dev.internalevents.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Delegates to the container's stream; a {@code ReadListener} runs in the scopes of its request. */
final class TrackedInputStream extends ServletInputStream {

    private final ServletInputStream inner;
    private final RequestScopes scopes;

    TrackedInputStream(ServletInputStream inner, RequestScopes scopes) {
        this.inner = inner;
        this.scopes = scopes;
    }

    @Override
    public void setReadListener(ReadListener listener) {
        inner.setReadListener(listener == null ? null : new TrackedListener(listener));
    }

    @Override
    public boolean isFinished() {
        return inner.isFinished();
    }

    @Override
    public boolean isReady() {
        return inner.isReady();
    }

    @Override
    public int read() throws IOException {
        return inner.read();
    }

    @Override
    public int read(byte[] bytes) throws IOException {
        return inner.read(bytes);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return inner.read(bytes, offset, length);
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
        return inner.read(buffer);
    }

    @Override
    public int readLine(byte[] bytes, int offset, int length) throws IOException {
        return inner.readLine(bytes, offset, length);
    }

    @Override
    public byte[] readAllBytes() throws IOException {
        return inner.readAllBytes();
    }

    @Override
    public byte[] readNBytes(int length) throws IOException {
        return inner.readNBytes(length);
    }

    @Override
    public long skip(long count) throws IOException {
        return inner.skip(count);
    }

    @Override
    public int available() throws IOException {
        return inner.available();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    @Override
    public synchronized void mark(int limit) {
        inner.mark(limit);
    }

    @Override
    public synchronized void reset() throws IOException {
        inner.reset();
    }

    @Override
    public boolean markSupported() {
        return inner.markSupported();
    }

    private final class TrackedListener implements ReadListener {

        private final ReadListener listener;

        private TrackedListener(ReadListener listener) {
            this.listener = listener;
        }

        @Override
        public void onDataAvailable() throws IOException {
            scopes.run(listener::onDataAvailable);
        }

        @Override
        public void onAllDataRead() throws IOException {
            scopes.run(listener::onAllDataRead);
        }

        @Override
        public void onError(Throwable failure) {
            scopes.run(() -> listener.onError(failure));
        }
    }
}
