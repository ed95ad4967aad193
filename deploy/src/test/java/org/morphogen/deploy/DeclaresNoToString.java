package org.morphogen.deploy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** A secret's class must not say how it is printed; records do so by themselves and are no class for secrets. */
final class DeclaresNoToString extends ArchCondition<JavaClass> {
    static final DeclaresNoToString CONDITION = new DeclaresNoToString();

    private DeclaresNoToString() {
        super("declare no toString");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        boolean declares = type.tryGetMethod("toString").isPresent();
        events.add(new SimpleConditionEvent(
                type, !declares, type.getName() + (declares ? " declares toString" : " declares no toString")));
    }
}
