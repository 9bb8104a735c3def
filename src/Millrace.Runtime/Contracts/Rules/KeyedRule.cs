using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Keys of values that there can be.</summary>
internal interface IKeySet
{
    /// <summary>Any number of threads may ask.</summary>
    bool Has(Key128 key);
}

/// <summary>Values are among those whose keys are known.</summary>
internal abstract class KeyedRule<TKeys>(string column, string kind, ErrorCode code, TKeys keys) : ContractRule(column, kind, code)
    where TKeys : struct, IKeySet
{
    public sealed override bool HoldsForAll(Column column) => Look(column, []);

    public sealed override void Mark(Column column, Span<ulong> broken) => Look(column, broken);

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
                if ((hasNulls && column.IsNull(row)) || keys.Has(Key128.Of(first[row], second[row])))
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
