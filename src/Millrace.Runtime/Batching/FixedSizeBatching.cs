using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>Closes an epoch at a number of rows.</summary>
internal sealed class FixedSizeBatching(int rows, TimeSpan? maxWait) : Batching
{
    public const int DefaultRows = 100;
    public const int MaxRows = 50_000;

    // Equal parts, so that the last one fills the epoch to its size.
    public override int BatchRows
    {
        get
        {
            int parts = (rows + RecordBatch.DefaultRows - 1) / RecordBatch.DefaultRows;
            return (rows + parts - 1) / parts;
        }
    }

    public override TimeSpan? Window => maxWait;

    public override bool HasRoom(in EpochSize size, long more) => size.Rows == 0 || size.Rows + more <= rows;

    public override bool IsFull(in EpochSize size) => size.Rows >= rows || size.Age >= maxWait;
}
