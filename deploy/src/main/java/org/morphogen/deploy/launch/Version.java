package org.morphogen.deploy.launch;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest states. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"morphogen " + (version == null ? "(unpacked)" : version), "Java " + Runtime.version()};
    }
}
