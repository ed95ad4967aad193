package org.morphogen.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.morphogen.client", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule KNOWS_ONLY_THE_PROTOCOL = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.morphogen.node..",
                    "org.morphogen.coordinator..",
                    "org.morphogen.deploy..",
                    "org.morphogen.zookeeper..",
                    "org.apache..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("org.morphogen.client.(*)..").should().beFreeOfCycles();

    /** What lives in it holds keys, tags or targets; not logging at all is easier to check than logging with care. */
    @ArchTest
    static final ArchRule SECRETS_ARE_NOT_NEAR_A_LOGGER = noClasses()
            .that()
            .haveSimpleName("KeyBatch")
            .or()
            .haveSimpleName("RowSum")
            .or()
            .haveSimpleName("Lookups")
            .or()
            .haveSimpleName("NodeStream")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.slf4j..");

    @ArchTest
    static final ArchRule CHANNELS_COME_FROM_TRANSPORT =
            classes().should().onlyDependOnClassesThat().resideOutsideOfPackage("io.grpc.netty..");
}
