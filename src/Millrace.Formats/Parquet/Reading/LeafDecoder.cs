using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Turns the values of one leaf, page after page, into columns. Values are decoded without gaps and then moved apart where
/// rows are null. One thread uses it; its owner disposes it.
/// </summary>
internal abstract unsafe class LeafDecoder : IDisposable
{
    // So many values are decoded at once when they are skipped or pass through scratch memory.
    protected const int Step = 1024;

    /// <summary>Slots so far, null ones included.</summary>
    public abstract int Slots { get; }

    /// <param name="leaf">What is stored.</param>
    /// <param name="keepsDictionaries">Whether byte strings may come as <see cref="DictionaryColumn"/>.</param>
    public static LeafDecoder Create(SchemaLeaf leaf, bool keepsDictionaries) => leaf.Physical switch
    {
        PhysicalType.Boolean => new BooleanLeafDecoder(),
        PhysicalType.ByteArray when leaf.Type.Id == TypeId.Decimal => new BinaryDecimalLeafDecoder(leaf.Type),
        PhysicalType.ByteArray => new BinaryLeafDecoder(leaf.Type, keepsDictionaries),
        _ => new FixedLeafDecoder(leaf),
    };

    /// <summary>Reads a dictionary page; the pages that follow may refer to it.</summary>
    public abstract void SetDictionary(byte* data, int length, int count);

    /// <summary>Moves to the values of a data page. The memory stays until the next call.</summary>
    public abstract void StartPage(ParquetEncoding encoding, byte* data, int length);

    /// <summary>Appends values, one a slot.</summary>
    public abstract void Append(int values);

    /// <summary>Appends slots, of which those whose bit is one have the next <paramref name="values"/> values.</summary>
    public void Append(int slots, int values, byte* validity, int start)
    {
        Append(values);
        if (values < slots)
        {
            Spread(values, slots, validity, start);
        }
    }

    /// <summary>Passes over values.</summary>
    public void Skip(int values)
    {
        while (values > 0)
        {
            int step = Math.Min(values, Step);
            int slots = Slots;
            Append(step);
            Cut(slots);
            values -= step;
        }
    }

    /// <summary>Hands the slots over as a column, which takes over the validity, and starts anew.</summary>
    public abstract Column Build(NativeBuffer? validity, int nulls);

    public abstract void Dispose();

    /// <summary>Takes back all slots but the first ones.</summary>
    public abstract void Cut(int slots);

    /// <summary>Moves the last values apart into slots.</summary>
    public abstract void Spread(int values, int slots, byte* validity, int start);

    protected static MillraceException WrongEncoding(ParquetEncoding encoding, string values)
        => ParquetErrors.NotSupported($"The encoding {encoding} of {values}");
}
