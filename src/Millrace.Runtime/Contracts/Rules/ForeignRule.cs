using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Values are in another dataset, known by hashes of 64 bits.</summary>
internal sealed class ForeignRule(AssetColumn column, HashTable values, string dataset) : ContractRule(column.Name, "foreign", ContractErrors.ForeignCode)
{
    public override string Expected => $"expected a value of {dataset}";

    public override bool HoldsForAll(Column column)
    {
        ulong[] hashes = ArrayPool<ulong>.Shared.Rent(column.Length);
        try
        {
            Hash.Rows(column, hashes.AsSpan(0, column.Length));
            bool hasNulls = column.HasNulls;
            for (int row = 0; row < column.Length; row++)
            {
                if (!(hasNulls && column.IsNull(row)) && !values.Contains(hashes[row]))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(hashes);
        }
    }

    public override void Mark(Column column, Span<ulong> broken)
    {
        var hashes = new ulong[column.Length];
        Hash.Rows(column, hashes);
        for (int row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row) && !values.Contains(hashes[row]))
            {
                Break(broken, row);
            }
        }
    }
}
