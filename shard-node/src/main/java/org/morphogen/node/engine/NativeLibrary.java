package org.morphogen.node.engine;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Loads the compiled kernel, once a process. Whatever goes wrong is a reason, never a crash. */
final class NativeLibrary {
    /** The engine, or why there is none. */
    static final EngineFinding FINDING = load(resource());

    private static final String UNSUITED = "this processor lacks AVX-512 VBMI or GFNI.";

    private NativeLibrary() {}

    /** Loads the library that lies at {@code resource}, seen from this class. */
    static EngineFinding load(String resource) {
        if (!NativeLibrary.class.getModule().isNativeAccessEnabled()) {
            return new EngineFinding.Lacks("pass --enable-native-access=ALL-UNNAMED to the JVM.");
        }
        try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                return new EngineFinding.Lacks("the build found no C compiler; build again with one.");
            }
            return link(extract(library));
        } catch (IOException | RuntimeException | LinkageError unusable) {
            return new EngineFinding.Lacks("the compiled kernel cannot be loaded: " + unusable.getMessage() + ".");
        }
    }

    private static String resource() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch");
        return "native/" + (system.startsWith("mac") ? "darwin" : system) + "-"
                + (machine.equals("amd64") ? "x86_64" : machine) + "/libmorphogen-scan.so";
    }

    /** The library must be a file to be loaded; it is gone again once it is. */
    private static Path extract(InputStream library) throws IOException {
        Path folder = Files.createTempDirectory("morphogen-");
        Path file = folder.resolve("libmorphogen-scan.so");
        Files.copy(library, file);
        return file;
    }

    @SuppressWarnings("restricted")
    private static EngineFinding link(Path file) throws IOException {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
            Linker linker = Linker.nativeLinker();
            MethodHandle supported = linker.downcallHandle(
                    symbols.findOrThrow("morphogen_scan_supported"), FunctionDescriptor.of(ValueLayout.JAVA_INT));
            if (!runsHere(supported)) {
                return new EngineFinding.Lacks(UNSUITED);
            }
            // Critical: heap arrays go down as they are. So calls must be short.
            MethodHandle scan = linker.downcallHandle(
                    symbols.findOrThrow("morphogen_scan"), signature(), Linker.Option.critical(true));
            return new EngineFinding.Runs(new NativeEngine(scan));
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(file.resolveSibling(""));
        }
    }

    private static FunctionDescriptor signature() {
        AddressLayout pointer = ValueLayout.ADDRESS;
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
        return FunctionDescriptor.ofVoid(pointer, size, number, pointer, size, size, number, pointer, pointer);
    }

    private static boolean runsHere(MethodHandle supported) {
        try {
            return (int) supported.invokeExact() != 0;
        } catch (Throwable impossible) {
            throw new IllegalStateException("the kernel does not say whether it runs here", impossible);
        }
    }
}
