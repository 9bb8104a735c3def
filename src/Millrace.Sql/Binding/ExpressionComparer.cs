using Millrace.Sql.Functions;

namespace Millrace.Sql.Binding;

/// <summary>Equality by what expressions compute, wherever they stand. Calls of volatile functions equal only themselves.</summary>
public sealed class ExpressionComparer : IEqualityComparer<BoundExpression>
{
    public static ExpressionComparer Instance { get; } = new();

    public bool Equals(BoundExpression? x, BoundExpression? y)
    {
        if (ReferenceEquals(x, y))
        {
            return true;
        }

        if (x is null || y is null || x.GetType() != y.GetType() || !x.Type.Equals(y.Type) || !SameHead(x, y))
        {
            return false;
        }

        IReadOnlyList<BoundExpression> left = x.Children;
        IReadOnlyList<BoundExpression> right = y.Children;
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!Equals(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(BoundExpression obj)
    {
        var hash = new HashCode();
        hash.Add(obj.GetType());
        switch (obj)
        {
            case BoundColumn column:
                hash.Add(column.Column);
                break;
            case BoundConstant { Value: not byte[] } constant:
                hash.Add(constant.Value);
                break;
            case BoundCall call:
                hash.Add(call.Overload, ReferenceEqualityComparer.Instance);
                break;
        }

        foreach (BoundExpression child in obj.Children)
        {
            hash.Add(GetHashCode(child));
        }

        return hash.ToHashCode();
    }

    private static bool SameHead(BoundExpression x, BoundExpression y) => (x, y) switch
    {
        (BoundConstant a, BoundConstant b) => SameValue(a.Value, b.Value),
        (BoundColumn a, BoundColumn b) => a.Column == b.Column,
        (BoundCall a, BoundCall b) => ReferenceEquals(a.Overload, b.Overload) && a.Function.Volatility != Volatility.Volatile,
        (BoundCast a, BoundCast b) => a.Try == b.Try,
        (BoundTargetValue a, BoundTargetValue b) => a.Column == b.Column,
        (BoundComparison a, BoundComparison b) => a.Operator == b.Operator,
        (BoundLogic a, BoundLogic b) => a.And == b.And,
        (BoundIsNull a, BoundIsNull b) => a.Negated == b.Negated,
        (BoundIn a, BoundIn b) => a.Values.Count == b.Values.Count && a.Values.Zip(b.Values).All(p => SameValue(p.First.Value, p.Second.Value)),
        (BoundCase a, BoundCase b) => a.Conditions.Count == b.Conditions.Count,
        (BoundField a, BoundField b) => a.Index == b.Index,
        (UntypedLiteral a, UntypedLiteral b) => a.Text == b.Text,
        (BoundSubquery a, BoundSubquery b) => ReferenceEquals(a.Query, b.Query) && a.Kind == b.Kind && a.Operator == b.Operator,
        _ => true,
    };

    private static bool SameValue(object? x, object? y) => x is byte[] a && y is byte[] b ? a.AsSpan().SequenceEqual(b) : Equals(x, y);
}
