namespace Millrace.Formats.Parquet;

/// <summary>Where a byte string lies.</summary>
internal unsafe struct ByteView
{
    public byte* Data;
    public int Length;

    public readonly ReadOnlySpan<byte> Span => new(Data, Length);
}
