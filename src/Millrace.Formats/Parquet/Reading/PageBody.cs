namespace Millrace.Formats.Parquet;

/// <summary>The body of a page: its part that is never compressed, and the rest without compression.</summary>
internal readonly unsafe struct PageBody(byte* plain, byte* values, int valueBytes)
{
    /// <summary>The levels of a page of version 2.</summary>
    public byte* Plain => plain;

    public byte* Values => values;

    /// <summary>Bytes at <see cref="Values"/>; <see cref="BitUnpacker.Slack"/> more can be read.</summary>
    public int ValueBytes => valueBytes;
}
