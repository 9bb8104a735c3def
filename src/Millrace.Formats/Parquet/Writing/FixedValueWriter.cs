using System.Numerics;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Numbers of 4 or 8 bytes.</summary>
internal sealed unsafe class FixedValueWriter<T>(FixedSource<T> source, LeafEncoding encoding, ParquetOptions options, WriteScratch scratch) : DictionaryValueWriter(encoding, scratch)
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly bool _withBounds = options.Statistics;
    private readonly ByteBuffer _scratch = scratch.Values;
    private readonly ByteBuffer _values = new();
    private readonly FixedDictionary<T> _dictionary = new();
    private MinMax<T> _minMax = new();

    public override long DictionaryMemory => _dictionary.MemoryBytes;

    protected override int DictionaryCount => _dictionary.Count;

    protected override ReadOnlySpan<byte> DictionaryPlain => _dictionary.Plain;

    protected override int DirectValues => _values.Length / sizeof(T);

    protected override long DirectBytes => _values.Length;

    public override void Append(Column column, RowSelection rows)
    {
        ReadOnlySpan<T> values = source.Read(column, rows, _scratch);
        if (_withBounds)
        {
            _minMax.Add(values);
        }

        if (IsCoded)
        {
            _dictionary.Encode(values, ReserveCodes(values.Length));
            AddCodes(values.Length);
        }
        else
        {
            _values.Write(MemoryMarshal.AsBytes(values));
        }
    }

    public override Bounds? TakeBounds()
    {
        MinMax<T> minMax = _minMax;
        _minMax = new();
        return minMax.IsEmpty ? null : new Bounds(Bytes(Zero(minMax.Min, negative: true)), Bytes(Zero(minMax.Max, negative: false)));
    }

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => MemoryMarshal.Read<T>(a).CompareTo(MemoryMarshal.Read<T>(b));

    public override void Dispose()
    {
        _values.Dispose();
        _dictionary.Dispose();
        base.Dispose();
    }

    protected override void ClearDictionary() => _dictionary.Clear();

    protected override void ClearDirect() => _values.Release();

    protected override void Decode(ReadOnlySpan<int> codes)
    {
        var target = (T*)_values.Reserve(codes.Length * sizeof(T));
        T* known = _dictionary.Values;
        for (int i = 0; i < codes.Length; i++)
        {
            target[i] = known[codes[i]];
        }

        _values.Advance(codes.Length * sizeof(T));
    }

    protected override void AddToBloom(BloomFilterBuilder bloom, bool dictionary)
    {
        ReadOnlySpan<byte> plain = dictionary ? _dictionary.Plain : _values.Written;
        for (int at = 0; at < plain.Length; at += sizeof(T))
        {
            bloom.Add(plain.Slice(at, sizeof(T)));
        }
    }

    protected override ParquetEncoding EncodeDirect(ByteBuffer target)
    {
        switch (Direct)
        {
            case ParquetEncoding.DeltaBinaryPacked when sizeof(T) == sizeof(int):
                DeltaBinaryPackedEncoder.Encode((int*)_values.Pointer, DirectValues, target);
                break;
            case ParquetEncoding.DeltaBinaryPacked:
                DeltaBinaryPackedEncoder.Encode((long*)_values.Pointer, DirectValues, target);
                break;
            case ParquetEncoding.ByteStreamSplit:
                ByteStreamSplitEncoder.Encode(_values.Pointer, DirectValues, sizeof(T), target);
                break;
            default:
                target.Write(_values.Written);
                break;
        }

        return Direct;
    }

    private static byte[] Bytes(T value)
    {
        var bytes = new byte[sizeof(T)];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }

    // Both zeros are equal in comparisons, so a bound stands for both (parquet.thrift, "ColumnOrder").
    private static T Zero(T value, bool negative)
    {
        if (!T.IsZero(value) || (typeof(T) != typeof(float) && typeof(T) != typeof(double)))
        {
            return value;
        }

        return negative ? -T.Abs(value) : T.Abs(value);
    }
}
