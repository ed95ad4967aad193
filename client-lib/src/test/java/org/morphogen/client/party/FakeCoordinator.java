package org.morphogen.client.party;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc.ClusterViewServiceImplBase;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.protocol.v1.GetViewRequest;
import org.morphogen.protocol.v1.SnapshotServiceGrpc.SnapshotServiceImplBase;
import org.morphogen.protocol.v1.WatchViewRequest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** A coordinator with a real server, which hands out the view and the files that it was given. */
public final class FakeCoordinator implements AutoCloseable {
    private final List<StreamObserver<ClusterView>> watchers = new CopyOnWriteArrayList<>();
    private final List<FetchRequest> fetches = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> files = new HashMap<>();
    private final Map<ByteString, Map<String, byte[]>> filesOfOthers = new HashMap<>();
    private final Server server;
    private final Endpoint endpoint;
    private ClusterView view;
    private int pieceBytes = 1000;
    private int breakAfterPieces = Integer.MAX_VALUE;
    private boolean silent;
    private boolean leavesFilesOpen;
    private boolean endsWatches;
    private final AtomicInteger watches = new AtomicInteger();

    FakeCoordinator(ClusterView view, Map<String, byte[]> files) {
        this.view = view;
        this.files.putAll(files);
        this.server = Transport.server(
                new Endpoint("127.0.0.1", 0),
                TlsSettings.NONE,
                List.of(new Views(), new Files()),
                List.of(),
                Executors.newVirtualThreadPerTaskExecutor());
        try {
            server.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        this.endpoint = new Endpoint("127.0.0.1", server.getPort());
    }

    /** Where it listens. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** The view that it hands out. */
    public synchronized ClusterView view() {
        return view;
    }

    /** Hands out another view, also to those who watch. */
    public synchronized void publish(ClusterView next) {
        view = next;
        watchers.forEach(watcher -> watcher.onNext(next));
    }

    /** Hands out other bytes under that name. */
    public synchronized void replaceFile(String file, byte[] bytes) {
        files.put(file, bytes);
    }

    /** Hands out that snapshot's files too. */
    public synchronized void addFiles(FakeSnapshot other) {
        filesOfOthers.put(ByteString.copyFrom(other.digest().bytes()), other.files());
    }

    /** Sends files in pieces of that many bytes, and breaks off after so many of them. */
    public synchronized void sendFiles(int bytesEach, int pieces) {
        pieceBytes = bytesEach;
        breakAfterPieces = pieces;
    }

    /** Answers nothing any more. */
    public synchronized void fallSilent() {
        silent = true;
    }

    /** Sends files whole but does not end the stream. */
    public synchronized void leaveFilesOpen() {
        leavesFilesOpen = true;
    }

    /** Ends every new watch after its first view. */
    public synchronized void endWatches() {
        endsWatches = true;
    }

    /** Watches so far. */
    public int watches() {
        return watches.get();
    }

    /** Clients that watch the view now. */
    public int watchers() {
        return watchers.size();
    }

    /** What was fetched so far. */
    public List<FetchRequest> fetches() {
        return List.copyOf(fetches);
    }

    /** Breaks off every watch. */
    public void breakWatches() {
        watchers.forEach(watcher -> watcher.onError(Status.UNAVAILABLE.asRuntimeException()));
        watchers.clear();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private synchronized boolean isSilent() {
        return silent;
    }

    private final class Views extends ClusterViewServiceImplBase {
        @Override
        public void get(GetViewRequest request, StreamObserver<ClusterView> answer) {
            if (!isSilent()) {
                answer.onNext(view());
                answer.onCompleted();
            }
        }

        @Override
        public void watch(WatchViewRequest request, StreamObserver<ClusterView> answer) {
            synchronized (FakeCoordinator.this) {
                ((ServerCallStreamObserver<ClusterView>) answer).setOnCancelHandler(() -> watchers.remove(answer));
                watches.incrementAndGet();
                answer.onNext(view);
                if (endsWatches) {
                    answer.onCompleted();
                } else {
                    watchers.add(answer);
                }
            }
        }
    }

    private final class Files extends SnapshotServiceImplBase {
        @Override
        public void fetch(FetchRequest request, StreamObserver<FilePiece> answer) {
            fetches.add(request);
            synchronized (FakeCoordinator.this) {
                byte[] bytes = filesOfOthers
                        .getOrDefault(request.getSnapshotDigest(), files)
                        .get(request.getFile());
                if (bytes == null) {
                    answer.onError(Status.NOT_FOUND.asRuntimeException());
                    return;
                }
                int at = (int) request.getOffset();
                for (int piece = 0; piece < breakAfterPieces; piece++) {
                    int length = Math.min(pieceBytes, bytes.length - at);
                    answer.onNext(FilePiece.newBuilder()
                            .setOffset(at)
                            .setData(ByteString.copyFrom(bytes, at, length))
                            .setTotalBytes(bytes.length)
                            .build());
                    at += length;
                    if (at == bytes.length) {
                        if (!leavesFilesOpen) {
                            answer.onCompleted();
                        }
                        return;
                    }
                }
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        }
    }
}
