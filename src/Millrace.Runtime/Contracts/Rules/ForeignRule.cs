using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Values are in another dataset, known by their keys.</summary>
internal sealed class ForeignRule(AssetColumn column, UniqueKeys values, string dataset) : ContractRule(column.Name, "foreign", ContractErrors.ForeignCode)
{
    public override string Expected => $"expected a value of {dataset}";

    public override bool HoldsForAll(Column column) => Look(column, []);

    public override void Mark(Column column, Span<ulong> broken) => Look(column, broken);

    // Without a place for marks it ends at the first row that has none.
    private bool Look(Column column, Span<ulong> broken)
    {
        ulong[] first = ArrayPool<ulong>.Shared.Rent(column.Length);
        ulong[] second = ArrayPool<ulong>.Shared.Rent(column.Length);
        try
        {
            Hash.Rows(column, first.AsSpan(0, column.Length));
            SecondHash.Rows(column, second.AsSpan(0, column.Length));
            bool hasNulls = column.HasNulls;
            bool holds = true;
            for (int row = 0; row < column.Length; row++)
            {
                if ((hasNulls && column.IsNull(row)) || values.Contains(Key128.Of(first[row], second[row])))
                {
                    continue;
                }

                holds = false;
                if (broken.IsEmpty)
                {
                    break;
                }

                Break(broken, row);
            }

            return holds;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(first);
            ArrayPool<ulong>.Shared.Return(second);
        }
    }
}
