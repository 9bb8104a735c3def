using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>Commits at once: at the first row, or as soon as a very short time has passed.</summary>
internal sealed class LowLatencyBatching(int rows, TimeSpan window) : Batching
{
    public const int DefaultRows = 1;
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromMilliseconds(1);

    public override int BatchRows => Math.Min(rows, RecordBatch.DefaultRows);

    public override TimeSpan? Window => window;

    public override bool HasRoom(in EpochSize size, long more) => size.Rows == 0 || size.Rows + more <= rows;

    public override bool IsFull(in EpochSize size) => size.Rows >= rows || size.Age >= window;
}
