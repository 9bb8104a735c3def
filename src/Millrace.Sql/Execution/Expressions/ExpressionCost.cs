using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Guesses whether an expression costs less than choosing the rows to compute it for.</summary>
internal static class ExpressionCost
{
    public static bool IsCheap(BoundExpression expression) => expression switch
    {
        BoundColumn or BoundConstant => true,
        BoundComparison c => c.Left.Type.Layout is TypeLayout.Fixed or TypeLayout.Bit && AllCheap(c.Children),
        BoundLogic or BoundNot or BoundIsNull or BoundField => AllCheap(expression.Children),
        BoundCall c => c.Overload.IsCheap && AllCheap(c.Arguments),
        _ => false,
    };

    private static bool AllCheap(IReadOnlyList<BoundExpression> expressions)
    {
        foreach (BoundExpression expression in expressions)
        {
            if (!IsCheap(expression))
            {
                return false;
            }
        }

        return true;
    }
}
