namespace Millrace.Connectors.Common;

/// <summary>The values of one field as a server sent them over many rows: where each starts in the data, and its length, -1 for null.</summary>
internal readonly ref struct FieldRun(ReadOnlySpan<byte> data, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths)
{
    public ReadOnlySpan<byte> Data { get; } = data;

    public ReadOnlySpan<int> Starts { get; } = starts;

    public ReadOnlySpan<int> Lengths { get; } = lengths;

    public int Count => Starts.Length;

    public ReadOnlySpan<byte> this[int row] => Data.Slice(Starts[row], Lengths[row]);

    public bool IsNull(int row) => Lengths[row] < 0;
}
