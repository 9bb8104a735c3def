using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Sql.Functions;

/// <summary>A public static method whose parameters have types of SQL.</summary>
/// <param name="Method">The method.</param>
/// <param name="Parameters">Types of the parameters that come from SQL, without the last where that is a <c>params</c> array.</param>
/// <param name="Skipped">Parameters before them that do not come from SQL: the state of an aggregate.</param>
/// <param name="Variadic">Type of the elements of a <c>params</c> array.</param>
internal sealed record UserMethod(MethodInfo Method, IReadOnlyList<UserType> Parameters, int Skipped, UserType? Variadic)
{
    /// <summary>Parameters from the end that have defaults.</summary>
    public int Optional => Method.GetParameters().Count(p => p.HasDefaultValue);

    public Type ElementType => Method.GetParameters()[^1].ParameterType.GetElementType()!;

    public IReadOnlyList<TypePattern> Patterns => [.. Parameters.Select(p => p.Parameter), .. Variadic is null ? Array.Empty<TypePattern>() : [Variadic.Parameter]];

    /// <summary>Whether null is an argument that it is called with.</summary>
    public bool SeesNulls => Parameters.Any(p => p.CanBeNull) || Variadic is { CanBeNull: true };

    public UserType Type(int argument) => argument < Parameters.Count ? Parameters[argument] : Variadic!;

    public Expression Default(int argument)
    {
        ParameterInfo parameter = Method.GetParameters()[argument + Skipped];

        // The default of a struct is null in the metadata.
        return parameter.DefaultValue is null ? Expression.Default(parameter.ParameterType) : Expression.Convert(Expression.Constant(parameter.DefaultValue), parameter.ParameterType);
    }

    /// <summary>Reads a method, or says why it cannot be one.</summary>
    /// <param name="method">The method.</param>
    /// <param name="skipped">Parameters that do not come from SQL.</param>
    public static UserMethod Of(MethodInfo method, int skipped = 0)
    {
        string what = NameOf(method);
        if (!method.IsStatic || !method.IsPublic || method.IsGenericMethodDefinition || method.DeclaringType is not { IsVisible: true, ContainsGenericParameters: false })
        {
            throw UserFunctionErrors.Signature(what, "is not public and static, or has type parameters.", "Functions are public static methods of public classes, without type parameters.");
        }

        var types = new List<UserType>();
        UserType? variadic = null;
        foreach (ParameterInfo parameter in method.GetParameters().Skip(skipped))
        {
            string place = $"Parameter '{parameter.Name}' of {what}";
            bool isParams = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
            if (isParams && parameter.ParameterType.GetElementType() is { } element)
            {
                variadic = UserType.Of(parameter, element, place) with { CanBeNull = Nullable.GetUnderlyingType(element) is not null };
            }
            else
            {
                types.Add(UserType.Of(parameter, parameter.ParameterType, place));
            }
        }

        var made = new UserMethod(method, types, skipped, variadic);
        return variadic is not null && made.Optional > 0 ? throw UserFunctionErrors.Signature(what, "has both defaults and params.") : made;
    }

    public static string NameOf(MethodInfo method) => $"{method.DeclaringType?.FullName}.{method.Name}";
}
