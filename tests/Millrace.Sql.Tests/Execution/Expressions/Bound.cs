using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Makes bound expressions by hand: the arguments have the types that an overload takes exactly.</summary>
internal static class Bound
{
    public static BoundConstant Constant(DataType type, object? value) => new(type, value);

    public static BoundConstant Int(int value) => new(DataType.Int32, value);

    public static BoundConstant Bool(bool? value) => new(DataType.Boolean, value);

    public static BoundConstant Text(string? value) => new(DataType.Utf8, value);

    /// <summary>A decimal constant of the digits given.</summary>
    public static BoundConstant Decimal(int precision, int scale, Int128 unscaled) => new(DataType.Decimal(precision, scale), unscaled);

    public static BoundComparison Compare(BoundExpression left, CompareOperator op, BoundExpression right) => new(op, left, right);

    public static BoundCase Case(BoundExpression condition, BoundExpression value, BoundExpression otherwise) => new([condition], [value], otherwise);

    public static BoundLogic And(params BoundExpression[] operands) => new(true, operands);

    public static BoundLogic Or(params BoundExpression[] operands) => new(false, operands);

    public static BoundCall Call(string name, params BoundExpression[] arguments)
    {
        var function = (ScalarFunction)(BuiltInFunctions.Table.Find(name) ?? throw new ArgumentException($"There is no function {name}."));
        ScalarOverload overload = function.Overloads.FirstOrDefault(o => Takes(o, arguments))
            ?? throw new ArgumentException($"{name} does not take ({string.Join(", ", arguments.Select(a => a.Type))}).");
        DataType[] types = [.. arguments.Select(a => a.Type)];
        var site = new ScalarCallSite(types, [.. arguments.Select(a => a is BoundConstant c ? new[] { c.Value } : null)]);
        DataType result = overload.ResultType?.Invoke(site) ?? overload.Returns.Exact ?? Result(overload, types);
        return new BoundCall(function, overload, arguments, result);
    }

    private static DataType Result(ScalarOverload overload, DataType[] types)
    {
        for (int i = 0; i < types.Length; i++)
        {
            TypePattern parameter = overload.Parameters[Math.Min(i, overload.Parameters.Count - 1)];
            if (parameter.ToString() == overload.Returns.ToString())
            {
                return types[i];
            }
        }

        throw new ArgumentException(overload.Signature("?"));
    }

    private static bool Takes(ScalarOverload overload, BoundExpression[] arguments)
    {
        int parameters = overload.Parameters.Count;
        if (arguments.Length < parameters - overload.Optional - (overload.Variadic ? 1 : 0) || (arguments.Length > parameters && !overload.Variadic))
        {
            return false;
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            TypePattern pattern = overload.Parameters[Math.Min(i, parameters - 1)];
            DataType type = arguments[i].Type;
            bool takes = pattern.Kind switch
            {
                TypePatternKind.Exact => pattern.Exact!.Equals(type),
                TypePatternKind.Decimal => type.Id == TypeId.Decimal,
                TypePatternKind.Timestamp => type.Id == TypeId.Timestamp,
                TypePatternKind.Array => type.Id == TypeId.List,
                _ => true,
            };
            if (!takes)
            {
                return false;
            }
        }

        return true;
    }
}
