using System.Numerics;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Numbers of 4 or 8 bytes.</summary>
internal sealed unsafe class FixedValueWriter<T>(FixedSource<T> source, bool bounds) : ValueWriter
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly EncodedBuffer _scratch = new();
    private readonly EncodedBuffer _values = new();
    private MinMax<T> _minMax = new();

    public override int PageValues => _values.Length / sizeof(T);

    public override long PageBytes => _values.Length;

    public override void Append(Column column, RowSelection rows)
    {
        ReadOnlySpan<T> values = source.Read(column, rows, _scratch);
        if (bounds)
        {
            _minMax.Add(values);
        }

        _values.Append(MemoryMarshal.AsBytes(values));
    }

    public override ParquetEncoding EncodePage(EncodedBuffer target)
    {
        target.Append(_values.Written);
        _values.Clear();
        return ParquetEncoding.Plain;
    }

    public override Bounds? TakeBounds()
    {
        MinMax<T> minMax = _minMax;
        _minMax = new();
        return minMax.IsEmpty ? null : new Bounds(Bytes(Zero(minMax.Min, negative: true)), Bytes(Zero(minMax.Max, negative: false)));
    }

    public override Bounds Merge(Bounds a, Bounds b)
        => new(Compare(a.Min, b.Min) <= 0 ? a.Min : b.Min, Compare(a.Max, b.Max) >= 0 ? a.Max : b.Max);

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => MemoryMarshal.Read<T>(a).CompareTo(MemoryMarshal.Read<T>(b));

    public override void Dispose()
    {
        _scratch.Dispose();
        _values.Dispose();
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
