package org.morphogen.coordinator.mirror;

import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.RecordCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of all znodes of a party, kept by ZooKeeper's watches some milliseconds behind. While ZooKeeper is away it
 * stays as it was last. Its size is bounded by the party's znodes, which are few and small. Thread-safe.
 */
public final class PartyMirror implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartyMirror.class);

    private final CuratorCache cache;
    private final Set<String> unsound = ConcurrentHashMap.newKeySet();
    private volatile boolean filled;

    /** A mirror that is empty until {@link #start}. */
    public PartyMirror(CuratorFramework client, ClusterPaths paths) {
        cache = CuratorCache.build(client, paths.root());
        cache.listenable()
                .addListener(CuratorCacheListener.builder()
                        .forInitialized(() -> filled = true)
                        .build());
    }

    /** Begins to copy, in the background. */
    public void start() {
        cache.start();
    }

    /** Whether everything has been copied once. */
    public boolean filled() {
        return filled;
    }

    /** Runs {@code listener} once everything has been copied once; to be called before {@link #start}. */
    public void onFilled(Runnable listener) {
        cache.listenable()
                .addListener(
                        CuratorCacheListener.builder().forInitialized(listener).build());
    }

    /** Bytes of a znode. */
    public Optional<byte[]> read(String path) {
        return cache.get(path).map(ChildData::getData);
    }

    /** The record of a znode; an unsound one is logged once and passed over. */
    public <T extends Record> Optional<T> read(String path, RecordCodec<T> codec) {
        return read(path).flatMap(bytes -> decode(path, bytes, codec));
    }

    /** Records of the znodes right below {@code parent}, by name; unsound ones are logged once and passed over. */
    public <T extends Record> SortedMap<String, T> children(String parent, RecordCodec<T> codec) {
        SortedMap<String, T> children = new TreeMap<>();
        int prefix = parent.length() + 1;
        cache.stream()
                .filter(child -> isChild(child.getPath(), parent))
                .forEach(child -> decode(child.getPath(), child.getData(), codec)
                        .ifPresent(value -> children.put(child.getPath().substring(prefix), value)));
        return children;
    }

    /** Tells the bytes of one znode whenever it is made or changed. The listener must be quick. */
    public void onChange(String path, Consumer<byte[]> listener) {
        cache.listenable()
                .addListener(CuratorCacheListener.builder()
                        .forCreatesAndChanges((old, now) -> {
                            if (now.getPath().equals(path)) {
                                listener.accept(now.getData());
                            }
                        })
                        .build());
    }

    @Override
    public void close() {
        cache.close();
    }

    private <T extends Record> Optional<T> decode(String path, byte[] bytes, RecordCodec<T> codec) {
        try {
            T value = codec.decode(path, bytes);
            unsound.remove(path);
            return Optional.of(value);
        } catch (MorphogenException broken) {
            if (unsound.add(path)) {
                LOG.warn("Passing over an unsound znode. {}", broken.explain());
            }
            return Optional.empty();
        }
    }

    private static boolean isChild(String path, String parent) {
        return path.startsWith(parent + "/") && path.indexOf('/', parent.length() + 1) < 0;
    }
}
