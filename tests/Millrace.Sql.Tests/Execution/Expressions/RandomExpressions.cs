using Millrace.Sql.Binding;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Expressions of any type over some columns, from a source of chance.</summary>
internal sealed class RandomExpressions(Random random, IReadOnlyList<ColumnVariable> variables)
{
    public static readonly DataType[] Types =
    [
        DataType.Boolean, DataType.Int32, DataType.Int64, DataType.Float64, DataType.Utf8, DataType.Decimal(9, 2), DataType.Decimal(38, 10), DataType.Decimal(20, 5),
    ];

    private static readonly string[] Operators = ["+", "-", "*", "/", "%"];

    public BoundExpression Any(int depth) => Of(Types[random.Next(Types.Length)], depth);

    public BoundExpression Of(DataType type, int depth)
    {
        if (depth == 0)
        {
            return Leaf(type);
        }

        int choice = random.Next(10);
        return choice switch
        {
            0 => new BoundCase([.. Several(DataType.Boolean, depth - 1, 2)], [.. Several(type, depth - 1, 2)], Of(type, depth - 1)),
            1 => new BoundCoalesce([.. Several(type, depth - 1, random.Next(2, 4))]),
            2 => Leaf(type),
            _ when type.Id == TypeId.Boolean => Condition(depth),
            _ when type.Id == TypeId.Utf8 => choice < 6 ? Bound.Call("||", Of(type, depth - 1), Of(type, depth - 1)) : new BoundCast(Of(DataType.Int32, depth - 1), type),
            _ => Number(type, depth),
        };
    }

    private BoundExpression Number(DataType type, int depth)
    {
        if (type.Id == TypeId.Decimal)
        {
            // The result of arithmetic has a type of its own: only those that come back to the type wanted are used.
            BoundCall call = Bound.Call(Operators[random.Next(Operators.Length)], Of(Decimal(), depth - 1), Of(Decimal(), depth - 1));
            return call.Type.Equals(type) ? call : Bound.Case(Bound.Compare(call, Operator(), Bound.Constant(call.Type, (Int128)random.Next(-1000, 1000))), Of(type, depth - 1), Leaf(type));
        }

        return (random.Next(6), type.Id) switch
        {
            (0, _) => Bound.Call("-", Of(type, depth - 1)),
            (1, TypeId.Int64) => new BoundCast(Of(DataType.Int32, depth - 1), type),
            (1, TypeId.Float64) => new BoundCast(Of(random.Next(2) == 0 ? DataType.Int32 : DataType.Int64, depth - 1), type),
            (1, TypeId.Int32) => new BoundCast(Of(random.Next(2) == 0 ? DataType.Int64 : DataType.Utf8, depth - 1), type, Try: random.Next(2) == 0),
            _ => Bound.Call(Operators[random.Next(Operators.Length)], Of(type, depth - 1), Of(type, depth - 1)),
        };
    }

    private BoundExpression Condition(int depth)
    {
        DataType type = Types[random.Next(Types.Length)];
        return random.Next(8) switch
        {
            0 => new BoundNot(Of(DataType.Boolean, depth - 1)),
            1 => new BoundIsNull(Of(type, depth - 1), random.Next(2) == 0),
            2 => new BoundIn(Of(type, depth - 1), [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Constant(type))]),
            3 or 4 => new BoundLogic(random.Next(2) == 0, [.. Several(DataType.Boolean, depth - 1, random.Next(2, 4))]),
            _ => Bound.Compare(Of(type, depth - 1), Operator(), Of(type, depth - 1)),
        };
    }

    private IEnumerable<BoundExpression> Several(DataType type, int depth, int count) => Enumerable.Range(0, count).Select(_ => Of(type, depth)).ToList();

    private BoundExpression Leaf(DataType type)
    {
        ColumnVariable[] columns = [.. variables.Where(v => v.Type.Equals(type))];
        return random.Next(4) == 0 || columns.Length == 0 ? Constant(type) : new BoundColumn(columns[random.Next(columns.Length)]);
    }

    private BoundConstant Constant(DataType type)
    {
        if (random.Next(6) == 0)
        {
            return new BoundConstant(type, null);
        }

        int small = random.Next(-20, 20);
        return new BoundConstant(type, type.Id switch
        {
            TypeId.Boolean => small > 0,
            TypeId.Int32 => small,
            TypeId.Int64 => (long)small,
            TypeId.Float64 => small / 4.0,
            TypeId.Utf8 => small.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => (Int128)small * 7,
        });
    }

    private DataType Decimal() => Types[random.Next(5, Types.Length)];

    private CompareOperator Operator() => (CompareOperator)random.Next(8);
}
