package org.morphogen.coordinator.leadership;

import com.google.protobuf.ByteString;

/** One change of a transaction. */
public sealed interface Write {
    /** The znode. */
    String path();

    /** Length of path and contents. */
    default int bytesSent() {
        return path().length()
                + switch (this) {
                    case Create create -> create.bytes().size();
                    case Update update -> update.bytes().size();
                    case Delete _ -> 0;
                };
    }

    /** Makes a znode that is not there. */
    record Create(String path, ByteString bytes) implements Write {}

    /** Changes a znode that is there. */
    record Update(String path, ByteString bytes) implements Write {}

    /** Removes a znode that is there. */
    record Delete(String path) implements Write {}

    /** Makes a znode that is not there. */
    static Write create(String path, byte[] bytes) {
        return new Create(path, ByteString.copyFrom(bytes));
    }

    /** Changes a znode that is there. */
    static Write update(String path, byte[] bytes) {
        return new Update(path, ByteString.copyFrom(bytes));
    }

    /** Makes a znode, or changes it where it is there already. */
    static Write put(boolean there, String path, byte[] bytes) {
        return there ? update(path, bytes) : create(path, bytes);
    }
}
