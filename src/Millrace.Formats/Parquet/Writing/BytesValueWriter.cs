using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Byte strings, of any length or of one.</summary>
internal sealed unsafe class BytesValueWriter(LeafLayout leaf, BytesSource source, LeafEncoding encoding, ParquetOptions options, WriteScratch scratch) : DictionaryValueWriter(encoding, scratch)
{
    private readonly bool _withBounds = options.Statistics;
    private readonly ByteBuffer _data = new();
    private readonly ByteBuffer _lengths = new();
    private readonly ByteBuffer _scratch = scratch.Work;
    private readonly BytesDictionary _dictionary = new(leaf.Physical == PhysicalType.ByteArray);
    private readonly BytesMinMax _minMax = new(leaf);
    private long _unencoded;

    public override long? UnencodedBytes => leaf.Physical == PhysicalType.ByteArray ? _unencoded : null;

    public override long DictionaryMemory => _dictionary.MemoryBytes;

    protected override int DictionaryCount => _dictionary.Count;

    protected override ReadOnlySpan<byte> DictionaryPlain => _dictionary.Plain;

    protected override int DirectValues => _lengths.Length / sizeof(int);

    protected override long DirectBytes => _data.Length + _lengths.Length;

    public override void Append(Column column, RowSelection rows)
    {
        ReadOnlySpan<ByteView> views = source.Read(column, rows);
        long bytes = 0;
        foreach (ByteView view in views)
        {
            bytes += view.Length;
        }

        _unencoded += bytes;
        if (IsCoded)
        {
            _dictionary.Encode(views, source.End, ReserveCodes(views.Length));
            AddCodes(views.Length);
        }
        else
        {
            AppendDirect(views, bytes);
        }
    }

    public override Bounds? TakeBounds()
    {
        if (IsCoded)
        {
            AddBoundsOfCodes();
        }

        _unencoded = 0;
        return _minMax.Take();
    }

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => _minMax.Compare(a, b);

    public override void Dispose()
    {
        _data.Dispose();
        _lengths.Dispose();
        _dictionary.Dispose();
        base.Dispose();
    }

    protected override void ClearDictionary() => _dictionary.Clear();

    protected override void ClearDirect()
    {
        _data.Release();
        _lengths.Release();
    }

    protected override void OnGiveUp() => AddBoundsOfCodes();

    protected override void Decode(ReadOnlySpan<int> codes)
    {
        var lengths = (int*)_lengths.Reserve(checked(codes.Length * sizeof(int)));
        for (int i = 0; i < codes.Length; i++)
        {
            ByteView view = _dictionary[codes[i]];
            lengths[i] = view.Length;
            _data.Write(view.Span);
        }

        _lengths.Advance(codes.Length * sizeof(int));
    }

    protected override void AddToBloom(BloomFilterBuilder bloom, bool dictionary)
    {
        if (dictionary)
        {
            for (int code = 0; code < _dictionary.Count; code++)
            {
                bloom.Add(_dictionary[code].Span);
            }

            return;
        }

        byte* data = _data.Pointer;
        foreach (int length in new ReadOnlySpan<int>(_lengths.Pointer, DirectValues))
        {
            bloom.Add(new ReadOnlySpan<byte>(data, length));
            data += length;
        }
    }

    protected override ParquetEncoding EncodeDirect(ByteBuffer target)
    {
        var lengths = (int*)_lengths.Pointer;
        switch (Direct)
        {
            case ParquetEncoding.DeltaLengthByteArray:
                ByteArrayEncoder.EncodeDeltaLength(_data.Pointer, _data.Length, lengths, DirectValues, target);
                break;
            case ParquetEncoding.DeltaByteArray:
                _scratch.Truncate();
                ByteArrayEncoder.EncodeDelta(_data.Pointer, lengths, DirectValues, (int*)_scratch.Reserve(_lengths.Length), target);
                break;
            case ParquetEncoding.ByteStreamSplit:
                ByteStreamSplitEncoder.Encode(_data.Pointer, DirectValues, leaf.Width, target);
                break;
            default:
                EncodePlain(target);
                break;
        }

        return Direct;
    }

    private void EncodePlain(ByteBuffer target)
    {
        if (leaf.Physical == PhysicalType.FixedLenByteArray)
        {
            target.Write(_data.Written);
        }
        else
        {
            ByteArrayEncoder.EncodePlain(_data.Pointer, _data.Length, (int*)_lengths.Pointer, DirectValues, target);
        }
    }

    private void AppendDirect(ReadOnlySpan<ByteView> views, long bytes)
    {
        if (_withBounds)
        {
            _minMax.Add(views);
        }

        var lengths = (int*)_lengths.Reserve(checked(views.Length * sizeof(int)));
        byte* to = _data.Reserve((int)Math.Min(bytes, int.MaxValue));
        // Values without nulls between them mostly lie one after the other already.
        byte* next = views[0].Data;
        bool adjacent = true;
        for (int i = 0; i < views.Length; i++)
        {
            lengths[i] = views[i].Length;
            adjacent &= views[i].Data == next;
            next = views[i].Data + views[i].Length;
        }

        if (adjacent)
        {
            Buffer.MemoryCopy(views[0].Data, to, bytes, bytes);
        }
        else
        {
            foreach (ByteView view in views)
            {
                Buffer.MemoryCopy(view.Data, to, view.Length, view.Length);
                to += view.Length;
            }
        }

        _lengths.Advance(views.Length * sizeof(int));
        _data.Advance((int)bytes);
    }

    // Looks at each value that occurs in the page once, however often it does.
    private void AddBoundsOfCodes()
    {
        int count = _dictionary.Count;
        if (!_withBounds || Codes.Length == 0)
        {
            return;
        }

        _scratch.Truncate();
        byte* memory = _scratch.Reserve(checked(count * (sizeof(ByteView) + 1)));
        var views = (ByteView*)memory;
        byte* occurs = memory + ((long)count * sizeof(ByteView));
        new Span<byte>(occurs, count).Clear();
        foreach (int code in Codes)
        {
            occurs[code] = 1;
        }

        int found = 0;
        for (int code = 0; code < count; code++)
        {
            views[found] = _dictionary[code];
            found += occurs[code];
        }

        _minMax.Add(new ReadOnlySpan<ByteView>(views, found));
    }
}
