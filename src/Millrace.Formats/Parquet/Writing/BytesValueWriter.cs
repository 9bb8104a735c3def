using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Byte strings, of any length or of one.</summary>
internal sealed unsafe class BytesValueWriter(LeafLayout leaf, BytesSource source, bool bounds) : ValueWriter
{
    private readonly EncodedBuffer _data = new();
    private readonly EncodedBuffer _lengths = new();
    private readonly BytesMinMax _minMax = new(leaf.Order);

    public override int PageValues => _lengths.Length / sizeof(int);

    public override long PageBytes => _data.Length + _lengths.Length;

    public override long? UnencodedBytes => leaf.Physical == PhysicalType.ByteArray ? _data.Length : null;

    public override void Append(Column column, RowSelection rows)
    {
        ReadOnlySpan<ByteView> views = source.Read(column, rows);
        if (bounds)
        {
            _minMax.Add(views);
        }

        long bytes = 0;
        var lengths = (int*)_lengths.Reserve(checked(views.Length * sizeof(int)));
        for (int i = 0; i < views.Length; i++)
        {
            lengths[i] = views[i].Length;
            bytes += views[i].Length;
        }

        _lengths.Advance(views.Length * sizeof(int));
        byte* to = _data.Reserve((int)Math.Min(bytes, int.MaxValue));
        foreach (ByteView view in views)
        {
            Buffer.MemoryCopy(view.Data, to, view.Length, view.Length);
            to += view.Length;
        }

        _data.Advance((int)bytes);
    }

    public override ParquetEncoding EncodePage(EncodedBuffer target)
    {
        if (leaf.Width > 0)
        {
            target.Append(_data.Written);
        }
        else
        {
            ByteArrayEncoder.EncodePlain(_data.Pointer, _data.Length, (int*)_lengths.Pointer, PageValues, target);
        }

        _data.Clear();
        _lengths.Clear();
        return ParquetEncoding.Plain;
    }

    public override Bounds? TakeBounds() => _minMax.Take();

    public override Bounds Merge(Bounds a, Bounds b)
        => new(Compare(a.Min, b.Min) <= 0 ? a.Min : b.Min, Compare(a.Max, b.Max) >= 0 ? a.Max : b.Max);

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => _minMax.Compare(a, b);

    public override void Dispose()
    {
        source.Dispose();
        _data.Dispose();
        _lengths.Dispose();
    }
}
