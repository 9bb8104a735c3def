using System.Text;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>What happened to the rows of a batch.</summary>
/// <param name="Op">The column <see cref="ChangeColumns.Op"/>; null where rows are only rows. Borrowed.</param>
/// <param name="Unchanged">The column <see cref="ChangeColumns.Unchanged"/>; null for none. Borrowed.</param>
internal readonly record struct RowOps(BinaryColumn? Op, ListColumn? Unchanged)
{
    public bool IsDeleted(int row) => Is(row, ChangeColumns.Deleted[0]);

    public bool IsTruncated(int row) => Is(row, ChangeColumns.Truncated[0]);

    /// <summary>Whether values of a row were not sent.</summary>
    public bool LeavesOut(int row) => Unchanged is { } lists && !lists.IsNull(row) && lists.Offsets[row + 1] > lists.Offsets[row];

    /// <summary>Names of the columns whose values were not sent.</summary>
    public IEnumerable<string> LeftOut(int row)
    {
        if (LeavesOut(row))
        {
            var names = (BinaryColumn)Unchanged!.Items;
            for (int i = Unchanged.Offsets[row]; i < Unchanged.Offsets[row + 1]; i++)
            {
                yield return Encoding.UTF8.GetString(names[i]);
            }
        }
    }

    private bool Is(int row, char code) => Op is { } op && !op.IsNull(row) && op[row] is [var only] && only == code;
}
