package org.morphogen.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.MemorySegment;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.HostRows;

/** Which part of a node may know which. */
@AnalyzeClasses(packages = "org.morphogen.node", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ENGINES_KNOW_ROWS_AND_KEYS_ALONE = noClasses()
            .that()
            .resideInAPackage("..engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "org.morphogen.protocol..", "..node.carousel..", "..node.generation..");

    @ArchTest
    static final ArchRule ENGINES_AND_MEMORY_ALONE_KNOW_HOW_ROWS_LIE = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "..node.engine..", "..node.chunk..", "..node.layout..", "..node.numa..", "..node.cuda..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(MemorySegment.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(HostRows.class, HostMemory.class);

    @ArchTest
    static final ArchRule THE_CAROUSEL_DOES_NOT_KNOW_WHO_ASKS = noClasses()
            .that()
            .resideInAPackage("..node.carousel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "org.morphogen.protocol..", "..node.query..", "..node.generation..");

    @ArchTest
    static final ArchRule QUERIES_DO_NOT_KNOW_CONTROL_OR_MEMBERSHIP = noClasses()
            .that()
            .resideInAPackage("..node.query..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..node.control..", "..node.membership..", "..node.pull..");

    @ArchTest
    static final ArchRule ZOOKEEPER_IS_FOR_MEMBERSHIP = noClasses()
            .that()
            .resideInAnyPackage("..chunk..", "..pull..", "..generation..", "..engine..", "..query..", "..control..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache..", "org.morphogen.zookeeper..");

    @ArchTest
    static final ArchRule ONE_CLASS_CALLS_CUDA = noClasses()
            .that()
            .haveNameNotMatching("org\\.morphogen\\.node\\.cuda\\.CudaDriver(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jcuda..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("org.morphogen.node.(*)..").should().beFreeOfCycles();
}
