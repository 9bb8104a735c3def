using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions;

/// <summary>Finds the overload for plain .NET values: exact types, but that an <see cref="int"/> fits every number.</summary>
internal static class Overloads
{
    public static (ScalarOverload Overload, DataType[] Types) Find(string name, object?[] arguments)
    {
        var function = (ScalarFunction)BuiltInFunctions.Table.Find(name)!;
        Assert.NotNull(function);
        foreach (ScalarOverload overload in function.Overloads)
        {
            if (TryBind(overload, arguments, out DataType[] types))
            {
                return (overload, types);
            }
        }

        throw new ArgumentException($"No overload of {name} takes {string.Join(", ", arguments.Select(TestColumns.TypeOf))}: {string.Join("; ", function.Signatures)}");
    }

    public static DataType Result(ScalarOverload overload, ScalarCallSite site)
    {
        if (overload.ResultType is { } derive)
        {
            return derive(site);
        }

        var variables = new Dictionary<string, DataType>();
        for (int i = 0; i < site.Types.Count; i++)
        {
            Matches(overload.Parameters[Math.Min(i, overload.Parameters.Count - 1)], site.Types[i], variables);
        }

        return Substitute(overload.Returns, variables);
    }

    private static bool TryBind(ScalarOverload overload, object?[] arguments, out DataType[] types)
    {
        types = new DataType[arguments.Length];
        int parameters = overload.Parameters.Count;
        int least = parameters - overload.Optional - (overload.Variadic ? 1 : 0);
        if (arguments.Length < least || (arguments.Length > parameters && !overload.Variadic))
        {
            return false;
        }

        var variables = new Dictionary<string, DataType>();
        for (int i = 0; i < arguments.Length; i++)
        {
            TypePattern pattern = overload.Parameters[Math.Min(i, parameters - 1)];
            bool widens = arguments[i] is int && pattern is { Kind: TypePatternKind.Exact, Exact.IsNumeric: true };
            types[i] = widens ? pattern.Exact! : TestColumns.TypeOf(arguments[i]);
            if (!Matches(pattern, types[i], variables))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(TypePattern pattern, DataType type, Dictionary<string, DataType> variables) => pattern.Kind switch
    {
        TypePatternKind.Exact => pattern.Exact!.Equals(type),
        TypePatternKind.Decimal => type.Id == TypeId.Decimal,
        TypePatternKind.Timestamp => type.Id == TypeId.Timestamp,
        TypePatternKind.Struct => type.Id == TypeId.Struct,
        TypePatternKind.Array => type.Id == TypeId.List && Matches(pattern.Children[0], type.Element.Type, variables),
        TypePatternKind.Map => type.Id == TypeId.Map && Matches(pattern.Children[0], type.Children[0].Type, variables) && Matches(pattern.Children[1], type.Children[1].Type, variables),
        TypePatternKind.Variable => !variables.TryAdd(pattern.Name, type) ? variables[pattern.Name].Equals(type) : true,
        _ => true,
    };

    private static DataType Substitute(TypePattern pattern, Dictionary<string, DataType> variables) => pattern.Kind switch
    {
        TypePatternKind.Exact => pattern.Exact!,
        TypePatternKind.Variable => variables[pattern.Name],
        TypePatternKind.Array => DataType.List(Substitute(pattern.Children[0], variables)),
        TypePatternKind.Map => DataType.Map(Substitute(pattern.Children[0], variables), Substitute(pattern.Children[1], variables)),
        _ => throw new ArgumentException($"{pattern} needs a ResultType."),
    };
}
