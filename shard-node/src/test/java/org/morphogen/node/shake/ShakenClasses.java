package org.morphogen.node.shake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Loads the node's classes anew, those of some packages with points in them. Classes of tests come along unchanged, so
 * that they see the same ones.
 */
public final class ShakenClasses extends ClassLoader {
    private static final String CLASS = ".class";
    private static final String NODE = "org.morphogen.node.";
    private static final String OWN = ShakenClasses.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    private final Set<String> shaken;
    private final URI production;

    /**
     * Loads and initializes all classes that get points: a class that is initialized on the way would shift the schedule.
     *
     * @param anyOfProduction a class beside which all others of production lie
     * @param shaken names of packages whose classes all get points, and of classes that get them for their arrays too
     */
    public ShakenClasses(Class<?> anyOfProduction, Set<String> shaken) {
        super(anyOfProduction.getClassLoader());
        this.shaken = Set.copyOf(shaken);
        this.production = URI.create(String.valueOf(
                anyOfProduction.getProtectionDomain().getCodeSource().getLocation()));
        try {
            for (String name : shaken) {
                for (String each : classes(name)) {
                    Class.forName(each, true, this);
                }
            }
        } catch (ClassNotFoundException vanished) {
            throw new LinkageError("a class file is gone", vanished);
        }
    }

    private List<String> classes(String name) {
        Path folder = Path.of(production).resolve(name.replace('.', '/'));
        if (!Files.isDirectory(folder)) {
            return List.of(name);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.endsWith(CLASS) && !file.startsWith("package-info"))
                    .map(file -> name + "." + file.substring(0, file.length() - CLASS.length()))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(NODE) || name.startsWith(OWN)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        URL file = getParent().getResource(name.replace('.', '/') + CLASS);
        if (file == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream bytes = file.openStream()) {
            byte[] original = bytes.readAllBytes();
            boolean byName = shaken.contains(name);
            boolean gets = byName || shaken.contains(packageOf(name));
            boolean isTest = !file.toString().startsWith(production.toString());
            byte[] code = gets && !isTest ? Rewriter.rewrite(original, byName) : original;
            return defineClass(name, code, 0, code.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
