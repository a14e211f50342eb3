package dev.internalevents.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.BRIDGE;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.core.domain.JavaWildcardType;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The signatures of a public type as text: one line for the type, and one for each public or protected member, in
 * alphabetical order. The class files are read, so that the text does not depend on the JDK.
 */
final class ApiText {

    private ApiText() {}

    /** Returns whether users may name the type. */
    static boolean isApi(JavaClass type) {
        return isVisible(type.getModifiers())
                && !type.getModifiers().contains(SYNTHETIC)
                && !(type.getPackageName() + ".").contains(".internal.")
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && type.getEnclosingClass().map(ApiText::isApi).orElse(true);
    }

    static String of(JavaClass type) {
        Set<String> members = new TreeSet<>();
        add(members, type, type);
        StringBuilder text = new StringBuilder(header(type)).append('\n');
        members.forEach(member -> text.append("    ").append(member).append('\n'));
        return text.toString();
    }

    /** Adds a type's own members, and those that it inherits from a type that users cannot name. */
    private static void add(Set<String> members, JavaClass owner, JavaClass type) {
        for (JavaMember member : type.getMembers()) {
            if (isApi(member, owner)) {
                if (member instanceof JavaField field) {
                    members.add(prefix(field) + text(field.getType()) + " " + field.getName());
                } else if (member instanceof JavaMethod method) {
                    members.add(prefix(method) + variables(method.getTypeParameters()) + text(method.getReturnType())
                            + " " + method.getName() + parameters(method)
                            + (method.getDefaultValue().isPresent() ? " default" : ""));
                } else if (member instanceof JavaCodeUnit constructor && owner.equals(type)) {
                    members.add(prefix(constructor)
                            + variables(constructor.getTypeParameters())
                            + type.getSimpleName()
                            + parameters(constructor));
                }
            }
        }
        type.getRawSuperclass()
                .filter(parent -> parent.getName().startsWith("dev.internalevents.") && !isApi(parent))
                .ifPresent(parent -> add(members, owner, parent));
        type.getRawInterfaces().stream()
                .filter(parent -> parent.getName().startsWith("dev.internalevents.") && !isApi(parent))
                .forEach(parent -> add(members, owner, parent));
    }

    private static boolean isApi(JavaMember member, JavaClass owner) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return !modifiers.contains(SYNTHETIC)
                && !modifiers.contains(BRIDGE)
                && (modifiers.contains(PUBLIC)
                        || modifiers.contains(PROTECTED)
                                && !owner.getModifiers().contains(FINAL));
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(PUBLIC) || modifiers.contains(PROTECTED);
    }

    private static String header(JavaClass type) {
        String kind = type.isAnnotation()
                ? "@interface "
                : type.isInterface() ? "interface " : type.isEnum() ? "enum " : type.isRecord() ? "record " : "class ";
        Set<JavaModifier> hidden = type.isInterface()
                ? Set.of(ABSTRACT, STATIC)
                : type.isEnum() || type.isRecord() ? Set.of(FINAL, STATIC, ABSTRACT) : Set.of();
        String parent = type.isEnum() || type.isRecord()
                ? ""
                : type.getSuperclass()
                        .filter(superclass -> !superclass.getName().equals("java.lang.Object"))
                        .map(superclass -> " extends " + text(superclass))
                        .orElse("");
        String interfaces = type.isAnnotation()
                ? ""
                : type.getInterfaces().stream().map(ApiText::text).sorted().collect(Collectors.joining(", "));
        return deprecated(type)
                + modifiers(type.getModifiers(), hidden)
                + kind
                + type.getName()
                + variables(type.getTypeParameters()).strip()
                + parent
                + (interfaces.isEmpty() ? "" : (type.isInterface() ? " extends " : " implements ") + interfaces);
    }

    private static String prefix(JavaMember member) {
        Set<JavaModifier> hidden = member.getOwner().isInterface() ? Set.of(PUBLIC) : Set.of();
        String nonAbstract = member instanceof JavaMethod method
                        && method.getOwner().isInterface()
                        && !method.getModifiers().contains(ABSTRACT)
                        && !method.getModifiers().contains(STATIC)
                ? "default "
                : "";
        return deprecated(member) + nonAbstract + modifiers(member.getModifiers(), hidden);
    }

    private static String deprecated(CanBeAnnotated annotated) {
        return annotated.isAnnotatedWith(Deprecated.class) ? "@Deprecated " : "";
    }

    private static String modifiers(Set<JavaModifier> modifiers, Set<JavaModifier> hidden) {
        return List.of(PUBLIC, PROTECTED, ABSTRACT, STATIC, FINAL).stream()
                .filter(modifier -> modifiers.contains(modifier) && !hidden.contains(modifier))
                .map(modifier -> modifier.name().toLowerCase(java.util.Locale.ROOT) + " ")
                .collect(Collectors.joining());
    }

    private static String parameters(JavaCodeUnit unit) {
        String thrown = unit.getThrowsClause().getTypes().stream()
                .map(type -> text((JavaType) type))
                .sorted()
                .collect(Collectors.joining(", "));
        return unit.getParameterTypes().stream().map(ApiText::text).collect(Collectors.joining(", ", "(", ")"))
                + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    private static String variables(Collection<? extends JavaTypeVariable<?>> variables) {
        return variables.isEmpty()
                ? ""
                : variables.stream()
                        .map(variable -> variable.getName() + bounds(" extends ", variable.getUpperBounds()))
                        .collect(Collectors.joining(", ", "<", "> "));
    }

    private static String bounds(String word, List<JavaType> bounds) {
        return bounds.isEmpty() || bounds.size() == 1 && bounds.get(0).getName().equals("java.lang.Object")
                ? ""
                : bounds.stream().map(ApiText::text).collect(Collectors.joining(" & ", word, ""));
    }

    private static String text(JavaType type) {
        if (type instanceof JavaParameterizedType parameterized) {
            return text(parameterized.toErasure())
                    + parameterized.getActualTypeArguments().stream()
                            .map(ApiText::text)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        if (type instanceof JavaWildcardType wildcard) {
            return "?" + bounds(" extends ", wildcard.getUpperBounds()) + bounds(" super ", wildcard.getLowerBounds());
        }
        if (type instanceof JavaClass javaClass && javaClass.isArray()) {
            return text(javaClass.getComponentType()) + "[]";
        }
        return type.getName().replaceFirst("^java\\.lang\\.(?=[A-Z])", "");
    }
}
