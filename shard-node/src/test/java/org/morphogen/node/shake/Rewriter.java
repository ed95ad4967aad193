package org.morphogen.node.shake;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts points into a class: before each access to a field that is not final and each call of the JDK's locks, atomics and
 * queues. Monitors become locks of the {@link Schedule}, threads its threads, sleep its time, and files are not synced.
 */
final class Rewriter {
    private static final ClassDesc POINTS = ClassDesc.of(Points.class.getName());
    private static final ClassDesc BUILDER = ClassDesc.of(Points.Builder.class.getName());
    private static final String BUILDER_OF_JDK = "java/lang/Thread$Builder$OfPlatform";
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final MethodTypeDesc OF_MONITOR = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);

    private final ClassModel model;
    private final boolean arrays;
    private final Set<String> finals;

    private Rewriter(ClassModel model, boolean arrays) {
        this.model = model;
        this.arrays = arrays;
        this.finals = model.fields().stream()
                .filter(field -> field.flags().has(AccessFlag.FINAL))
                .map(field -> field.fieldName().stringValue())
                .collect(Collectors.toSet());
    }

    /**
     * The class with points.
     *
     * @param arrays also before each write to an array, which are many
     */
    static byte[] rewrite(byte[] original, boolean arrays) {
        ClassFile files = ClassFile.of();
        ClassModel model = files.parse(original);
        return files.transformClass(model, new Rewriter(model, arrays)::element);
    }

    private void element(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method && method.code().isPresent() && !isClassInitializer(method)) {
            method(builder, method);
        } else {
            builder.with(element);
        }
    }

    /** It runs once in a JVM, so the next story with the same seed would have fewer points. */
    private static boolean isClassInitializer(MethodModel method) {
        return method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME);
    }

    private void method(ClassBuilder builder, MethodModel method) {
        boolean locks = method.flags().has(AccessFlag.SYNCHRONIZED);
        boolean isStatic = method.flags().has(AccessFlag.STATIC);
        int flags = method.flags().flagsMask() & ~ClassFile.ACC_SYNCHRONIZED;
        builder.withMethod(method.methodName(), method.methodType(), flags, made -> {
            for (MethodElement part : method) {
                if (part instanceof CodeAttribute code) {
                    made.transformCode(code, locks ? new Locked(isStatic) : this::code);
                } else if (!(part instanceof java.lang.classfile.AccessFlags)) {
                    made.with(part);
                }
            }
        });
    }

    private void code(CodeBuilder builder, CodeElement element) {
        switch (element) {
            case FieldInstruction field -> field(builder, field);
            case InvokeInstruction call -> call(builder, call);
            case ArrayStoreInstruction store -> {
                if (arrays) {
                    builder.invokestatic(POINTS, "point", NOTHING);
                }
                builder.with(store);
            }
            case MonitorInstruction monitor ->
                builder.invokestatic(POINTS, monitor.opcode() == Opcode.MONITORENTER ? "enter" : "exit", OF_MONITOR);
            default -> builder.with(element);
        }
    }

    private void field(CodeBuilder builder, FieldInstruction field) {
        boolean own = field.owner().asInternalName().equals(model.thisClass().asInternalName());
        if (!own || !finals.contains(field.name().stringValue())) {
            builder.invokestatic(POINTS, "point", NOTHING);
        }
        builder.with(field);
    }

    private static void call(CodeBuilder builder, InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        switch (owner + "." + name) {
            case "java/lang/Thread.ofPlatform" -> builder.invokestatic(POINTS, name, MethodTypeDesc.of(BUILDER));
            case "java/util/concurrent/TimeUnit.sleep" ->
                builder.invokestatic(POINTS, name, withReceiver(call, ClassDesc.of("java.util.concurrent.TimeUnit")));
            case "java/nio/channels/FileChannel.force" ->
                builder.invokestatic(POINTS, name, withReceiver(call, ClassDesc.of("java.nio.channels.FileChannel")));
            default -> {
                if (owner.equals(BUILDER_OF_JDK)) {
                    builder.invokevirtual(BUILDER, name, ofBuilder(call.typeSymbol()));
                    return;
                }
                if (owner.startsWith("java/util/concurrent/")) {
                    builder.invokestatic(POINTS, "point", NOTHING);
                }
                builder.with(call);
            }
        }
    }

    private static MethodTypeDesc withReceiver(InvokeInstruction call, ClassDesc receiver) {
        return call.typeSymbol().insertParameterTypes(0, receiver);
    }

    private static MethodTypeDesc ofBuilder(MethodTypeDesc type) {
        boolean givesBuilder = type.returnType().descriptorString().equals("L" + BUILDER_OF_JDK + ";");
        return givesBuilder ? type.changeReturnType(BUILDER) : type;
    }

    /** A synchronized method's code, within a lock. */
    private final class Locked implements CodeTransform {
        private final boolean isStatic;
        private @Nullable Label start;

        Locked(boolean isStatic) {
            this.isStatic = isStatic;
        }

        @Override
        public void atStart(CodeBuilder builder) {
            monitor(builder, "enter");
            start = builder.newBoundLabel();
        }

        @Override
        public void accept(CodeBuilder builder, CodeElement element) {
            if (element instanceof ReturnInstruction) {
                monitor(builder, "exit");
            }
            code(builder, element);
        }

        @Override
        public void atEnd(CodeBuilder builder) {
            Label handler = builder.newBoundLabel();
            monitor(builder, "exit");
            builder.athrow();
            if (start != null) {
                builder.exceptionCatchAll(start, handler, handler);
            }
        }

        private void monitor(CodeBuilder builder, String what) {
            if (isStatic) {
                builder.ldc(model.thisClass().asSymbol());
            } else {
                builder.aload(0);
            }
            builder.invokestatic(POINTS, what, OF_MONITOR);
        }
    }
}
