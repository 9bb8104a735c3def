using System.Globalization;
using System.Numerics;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Tests.Execution;

/// <summary>The row has no value.</summary>
internal sealed class NoValueException : Exception;

/// <summary>Computes expressions row by row with the numbers of .NET: the reference that evaluators are held against.</summary>
internal sealed class RowInterpreter(IReadOnlyList<ColumnVariable> variables, RecordBatch batch)
{
    public object? Evaluate(BoundExpression expression, int row)
    {
        switch (expression)
        {
            case BoundColumn c:
                return Evaluation.Read(batch[variables.ToList().IndexOf(c.Column)], row);
            case BoundConstant c:
                return c.Value;
            case BoundNot n:
                return Evaluate(n.Operand, row) is bool b ? !b : null;
            case BoundIsNull n:
                return Evaluate(n.Operand, row) is null != n.Negated;
            case BoundComparison c:
                return Compare(c.Operator, Evaluate(c.Left, row), Evaluate(c.Right, row));
            case BoundLogic l:
                return Logic(l, row);
            case BoundIn i:
                return In(i, row);
            case BoundCase c:
                for (int k = 0; k < c.Conditions.Count; k++)
                {
                    if (Evaluate(c.Conditions[k], row) is true)
                    {
                        return Evaluate(c.Values[k], row);
                    }
                }

                return Evaluate(c.Else, row);
            case BoundCoalesce c:
                return c.Operands.Select(o => Evaluate(o, row)).FirstOrDefault(v => v is not null);
            case BoundCast c:
                return Cast(c, Evaluate(c.Operand, row));
            case BoundCall c:
                object?[] arguments = [.. c.Arguments.Select(a => Evaluate(a, row))];
                return arguments.Contains(null) ? null : Arithmetic(c, arguments);
            default:
                throw new ArgumentException(expression.ToString());
        }
    }

    private bool? Logic(BoundLogic logic, int row)
    {
        bool unknown = false;
        foreach (BoundExpression operand in logic.Operands)
        {
            object? value = Evaluate(operand, row);
            if (value is bool b && b != logic.And)
            {
                return b;
            }

            unknown |= value is null;
        }

        return unknown ? null : logic.And;
    }

    private bool? In(BoundIn membership, int row)
    {
        object? value = Evaluate(membership.Operand, row);
        if (value is null)
        {
            return null;
        }

        return membership.Values.Any(v => v.Value is not null && Order(value, v.Value) == 0) ? true
            : membership.Values.Any(v => v.Value is null) ? null : false;
    }

    private static bool? Compare(CompareOperator op, object? left, object? right)
    {
        if (op is CompareOperator.DistinctFrom or CompareOperator.NotDistinctFrom)
        {
            bool same = left is null || right is null ? left is null && right is null : Order(left, right) == 0;
            return same == (op == CompareOperator.NotDistinctFrom);
        }

        if (left is null || right is null)
        {
            return null;
        }

        int order = Order(left, right);
        return op switch
        {
            CompareOperator.Equal => order == 0,
            CompareOperator.NotEqual => order != 0,
            CompareOperator.Less => order < 0,
            CompareOperator.LessOrEqual => order <= 0,
            CompareOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static int Order(object left, object right) => (left, right) switch
    {
        (double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a < b ? -1 : a > b ? 1 : 0,
        (string a, string b) => System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)),
        _ => Comparer<object>.Default.Compare(left, right),
    };

    private static object? Cast(BoundCast cast, object? value)
    {
        object? result = (value, cast.Type.Id) switch
        {
            (null, _) => null,
            (int v, TypeId.Int64) => (object)(long)v,
            (int v, TypeId.Float64) => (double)v,
            (long v, TypeId.Float64) => (double)v,
            (int v, TypeId.Utf8) => v.ToString(CultureInfo.InvariantCulture),
            (long v, TypeId.Int32) => v is >= int.MinValue and <= int.MaxValue ? (object)(int)v : new NoValueException(),
            (string v, TypeId.Int32) => int.TryParse(v, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int n) ? (object)n : new NoValueException(),
            _ => throw new ArgumentException($"{value} as {cast.Type}"),
        };
        return result is NoValueException fault ? cast.Try ? null : throw fault : result;
    }

    private static object Arithmetic(BoundCall call, object?[] values) => (values[0], values[^1]) switch
    {
        _ when values.Length == 1 => Arithmetic("-", Zero(values[0]!), values[0]!, call.Arguments[0].Type, call.Arguments[0].Type, call.Type),
        (string a, string b) => a + b,
        _ => Arithmetic(call.Function.Name, values[0]!, values[1]!, call.Arguments[0].Type, call.Arguments[1].Type, call.Type),
    };

    private static object Zero(object like) => like switch
    {
        int => (object)0,
        long => 0L,
        double => -0.0,
        _ => (Int128)0,
    };

    private static object Arithmetic(string op, object left, object right, DataType leftType, DataType rightType, DataType type)
    {
        switch (left, right)
        {
            case (double a, double b):
                if (op is "/" or "%" && b == 0 && !double.IsNaN(a))
                {
                    throw new NoValueException();
                }

                double result = op switch { "+" => a + b, "-" => a - b, "*" => a * b, "/" => a / b, _ => a % b };
                return double.IsInfinity(result) && double.IsFinite(a) && double.IsFinite(b) ? throw new NoValueException() : result;
            case (Int128 a, Int128 b):
                return Decimals(op, a, leftType.Scale, b, rightType.Scale, type);
            default:
                BigInteger x = left is int i ? i : (long)left;
                BigInteger y = right is int j ? j : (long)right;
                if (op is "/" or "%" && y.IsZero)
                {
                    throw new NoValueException();
                }

                BigInteger whole = op switch { "+" => x + y, "-" => x - y, "*" => x * y, "/" => BigInteger.Divide(x, y), _ => BigInteger.Remainder(x, y) };
                BigInteger limit = BigInteger.One << (type.Id == TypeId.Int32 ? 31 : 63);
                if (whole >= limit || whole < -limit)
                {
                    throw new NoValueException();
                }

                return type.Id == TypeId.Int32 ? (object)(int)whole : (long)whole;
        }
    }

    // As fractions of whole numbers, rounded once at the end.
    private static object Decimals(string op, BigInteger a, int aScale, BigInteger b, int bScale, DataType type)
    {
        if (op is "/" or "%" && b.IsZero)
        {
            throw new NoValueException();
        }

        (BigInteger top, BigInteger bottom) = op switch
        {
            "*" => (a * b, Ten(aScale + bScale)),
            "/" => (a * Ten(bScale), b * Ten(aScale)),
            "%" => (BigInteger.Remainder(a * Ten(bScale), b * Ten(aScale)), Ten(aScale + bScale)),
            "+" => ((a * Ten(bScale)) + (b * Ten(aScale)), Ten(aScale + bScale)),
            _ => ((a * Ten(bScale)) - (b * Ten(aScale)), Ten(aScale + bScale)),
        };
        top *= Ten(type.Scale);
        BigInteger size = ((BigInteger.Abs(top) * 2) + BigInteger.Abs(bottom)) / (BigInteger.Abs(bottom) * 2);
        return size >= Ten(type.Precision) ? throw new NoValueException() : (Int128)(top.Sign * bottom.Sign < 0 ? -size : size);
    }

    private static BigInteger Ten(int exponent) => BigInteger.Pow(10, exponent);
}
