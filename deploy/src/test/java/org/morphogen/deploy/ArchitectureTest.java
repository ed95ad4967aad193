package org.morphogen.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the dependency directions of docs/architecture.md over all modules. */
@AnalyzeClasses(packages = "org.morphogen", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] PROTO = {
        "org.morphogen.dpf..",
        "org.morphogen.addressing..",
        "org.morphogen.row..",
        "org.morphogen.snapshot..",
        "org.morphogen.transport..",
        "org.morphogen.failure..",
        "org.morphogen.settings..",
        "org.morphogen.zookeeper..",
        "org.morphogen.protocol.."
    };

    @ArchTest
    static final ArchRule PROTO_KNOWS_NOBODY = noClasses()
            .that()
            .resideInAnyPackage(PROTO)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.morphogen.node..",
                    "org.morphogen.coordinator..",
                    "org.morphogen.client..",
                    "org.morphogen.deploy..");

    @ArchTest
    static final ArchRule NODE_KNOWS_ONLY_PROTO = noClasses()
            .that()
            .resideInAPackage("org.morphogen.node..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.morphogen.coordinator..", "org.morphogen.client..", "org.morphogen.deploy..");

    @ArchTest
    static final ArchRule COORDINATOR_KNOWS_ONLY_PROTO = noClasses()
            .that()
            .resideInAPackage("org.morphogen.coordinator..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.morphogen.node..", "org.morphogen.client..", "org.morphogen.deploy..");

    @ArchTest
    static final ArchRule CLIENT_KNOWS_ONLY_PROTO_AND_NO_ZOOKEEPER = noClasses()
            .that()
            .resideInAPackage("org.morphogen.client..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.morphogen.node..",
                    "org.morphogen.coordinator..",
                    "org.morphogen.deploy..",
                    "org.morphogen.zookeeper..",
                    "org.apache.zookeeper..",
                    "org.apache.curator..");

    @ArchTest
    static final ArchRule DPF_AND_ADDRESSING_STAND_ALONE = noClasses()
            .that()
            .resideInAnyPackage("org.morphogen.dpf..", "org.morphogen.addressing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.morphogen.snapshot..",
                    "org.morphogen.transport..",
                    "org.morphogen.settings..",
                    "org.morphogen.zookeeper..",
                    "org.morphogen.protocol..",
                    "io.grpc..");

    @ArchTest
    static final ArchRule ONE_PLACE_OPENS_CHANNELS_AND_SERVERS = noClasses()
            .that()
            .resideOutsideOfPackage("org.morphogen.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.grpc.netty..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.grpc.ManagedChannelBuilder")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.grpc.Grpc");

    @ArchTest
    static final ArchRule PACKAGES_ARE_NAMED_AFTER_THE_DOMAIN = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..impl..", "..manager..", "..helper..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLES =
            slices().matching("org.morphogen.(**)").namingSlices("$1").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule SECRET_TYPES_HAVE_NO_TO_STRING = classes()
            .that()
            .haveFullyQualifiedName("org.morphogen.dpf.DpfKey")
            .or()
            .haveFullyQualifiedName("org.morphogen.dpf.DpfKeyPair")
            .should(DeclaresNoToString.CONDITION);
}
