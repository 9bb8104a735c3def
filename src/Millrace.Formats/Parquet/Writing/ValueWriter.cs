using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Collects the values of a leaf, without nulls, and encodes them page by page.</summary>
internal abstract class ValueWriter : IDisposable
{
    /// <summary>Values of the page so far.</summary>
    public abstract int PageValues { get; }

    /// <summary>Memory that the values of the page take, in bytes.</summary>
    public abstract long PageBytes { get; }

    /// <summary>Bytes of the values of the page without lengths, before they were encoded; of byte strings only.</summary>
    public virtual long? UnencodedBytes => null;

    /// <summary>Adds the selected values of a column of the leaf's type.</summary>
    public abstract void Append(Column column, RowSelection rows);

    /// <summary>Appends the page's encoded values, forgets them, and says how they are encoded.</summary>
    public abstract ParquetEncoding EncodePage(EncodedBuffer target);

    /// <summary>Least and greatest value since the last call in plain encoding; null when there are none.</summary>
    public abstract Bounds? TakeBounds();

    /// <summary>Widens one pair of bounds by another.</summary>
    public abstract Bounds Merge(Bounds a, Bounds b);

    /// <summary>Compares two values in plain encoding in the order of the leaf.</summary>
    public abstract int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);

    public abstract void Dispose();
}

/// <summary>Least and greatest value in plain encoding, without a length.</summary>
internal sealed record Bounds(byte[] Min, byte[] Max);
