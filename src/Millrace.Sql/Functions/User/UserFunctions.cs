using System.Reflection;

namespace Millrace.Sql.Functions;

/// <summary>Finds the functions of an assembly by their attributes.</summary>
internal static class UserFunctions
{
    public static IReadOnlyList<SqlFunction> Of(Assembly assembly, string origin)
    {
        var scalars = new List<(SqlFunctionAttribute Attribute, MethodInfo Method)>();
        var aggregates = new List<SqlFunction>();
        foreach (Type type in Types(assembly, origin))
        {
            const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
            foreach (MethodInfo method in type.GetMethods(all))
            {
                if (method.GetCustomAttribute<SqlFunctionAttribute>() is { } attribute)
                {
                    CheckName(attribute.Name, UserMethod.NameOf(method));
                    scalars.Add((attribute, method));
                }
            }

            if (type.GetCustomAttribute<SqlAggregateAttribute>() is { } aggregate)
            {
                CheckName(aggregate.Name, type.FullName!);
                aggregates.Add(UserAggregate.Of(aggregate, type) with { Origin = origin });
            }
        }

        SqlFunction[] found = [.. scalars.GroupBy(s => s.Attribute.Name.ToLowerInvariant()).Select(g => Scalar(g.Key, [.. g], origin)), .. aggregates];
        if (found.Length == 0)
        {
            throw UserFunctionErrors.NoFunctionsCode.Error($"No method or class of {origin} has [SqlFunction] or [SqlAggregate].");
        }

        return found.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw UserFunctionErrors.NameTakenCode.Error($"{origin} has two functions with the name '{twice.Key}'.")
            : found;
    }

    private static ScalarFunction Scalar(string name, (SqlFunctionAttribute Attribute, MethodInfo Method)[] methods, string origin)
    {
        ScalarOverload[] overloads = [.. methods.Select(m => UserScalar.Of(name, m.Method))];
        string[] shapes = [.. overloads.Select(o => $"({string.Join(", ", o.Parameters)}{(o.Variadic ? " …" : "")})")];
        for (int i = 0; i < shapes.Length; i++)
        {
            if (Array.IndexOf(shapes, shapes[i]) is var first && first < i)
            {
                throw UserFunctionErrors.NameTakenCode.Error($"{UserMethod.NameOf(methods[first].Method)} and {UserMethod.NameOf(methods[i].Method)} are both {name}{shapes[i]}.");
            }
        }

        return new ScalarFunction(name, FunctionCategory.User, Doc(methods.Select(m => m.Attribute.Doc), origin), overloads)
        {
            Origin = origin,
            Volatility = methods.All(m => m.Attribute.Deterministic) ? Volatility.Immutable : Volatility.Volatile,
        };
    }

    internal static string Doc(IEnumerable<string> docs, string origin) => string.Join(' ', docs.Where(d => d.Length > 0).Distinct()) is { Length: > 0 } doc ? doc : $"A function of {origin}.";

    private static void CheckName(string name, string what)
    {
        if (name.Length is 0 or > 128 || !(char.IsAsciiLetter(name[0]) || name[0] == '_') || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw UserFunctionErrors.Signature(what, $"has the name '{name}'.", "Names have letters, digits and underscores, and begin with no digit.");
        }
    }

    private static Type[] Types(Assembly assembly, string origin)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            throw UserFunctionErrors.NoAssemblyCode.Error($"{origin}: {e.LoaderExceptions.FirstOrDefault(x => x is not null)?.Message ?? e.Message}", inner: e);
        }
    }
}
