using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Collects the values of a leaf, without nulls, and encodes them page by page.</summary>
internal abstract class ValueWriter : IDisposable
{
    /// <summary>Values of the page so far.</summary>
    public abstract int PageValues { get; }

    /// <summary>Takes the values of the chunk for its bloom filter, where it has one. Borrowed.</summary>
    public BloomFilterBuilder? Bloom { get; init; }

    /// <summary>Memory that the values of the page take, in bytes.</summary>
    public abstract long PageBytes { get; }

    /// <summary>Memory that the dictionary takes, in bytes.</summary>
    public virtual long DictionaryMemory => 0;

    /// <summary>The page has to end although it is not full.</summary>
    public virtual bool PageMustEnd => false;

    /// <summary>Bytes of the values of the page without lengths, before they were encoded; of byte strings only.</summary>
    public virtual long? UnencodedBytes => null;

    /// <summary>Adds the selected values of a column of the leaf's type.</summary>
    public abstract void Append(Column column, RowSelection rows);

    /// <summary>Least and greatest value of the page in plain encoding; null when there are none.</summary>
    public abstract Bounds? TakeBounds();

    /// <summary>Appends the page's encoded values, forgets them, and says how they are encoded.</summary>
    public abstract ParquetEncoding EncodePage(ByteBuffer target);

    /// <summary>No page to come uses the dictionary that is held; it can be taken before the chunk ends.</summary>
    public virtual bool HasClosedDictionary => false;

    /// <summary>Lets the current page be the last that uses the dictionary.</summary>
    public virtual void CloseDictionary()
    {
    }

    /// <summary>Appends the dictionary, forgets it, and returns the count of its values; 0 where no page uses one.</summary>
    public virtual int TakeDictionary(ByteBuffer target) => 0;

    /// <summary>Goes on with the next chunk, after the dictionary was taken.</summary>
    public virtual void StartChunk()
    {
    }

    /// <summary>Compares two values in plain encoding in the order of the leaf.</summary>
    public abstract int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);

    public abstract void Dispose();

    /// <summary>Widens one pair of bounds by another.</summary>
    public Bounds Merge(Bounds a, Bounds b)
    {
        Bounds low = Compare(a.Min, b.Min) <= 0 ? a : b;
        Bounds high = Compare(a.Max, b.Max) >= 0 ? a : b;
        return new(low.Min, high.Max, low.IsMinExact, high.IsMaxExact);
    }
}
