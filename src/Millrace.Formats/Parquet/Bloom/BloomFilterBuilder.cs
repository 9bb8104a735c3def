using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Collects the hashes of a chunk's values and makes a filter of the right size of them. One thread uses it.</summary>
internal sealed unsafe class BloomFilterBuilder(double falsePositives) : IDisposable
{
    private readonly ByteBuffer _hashes = new();

    public void Add(ReadOnlySpan<byte> plain)
    {
        *(ulong*)_hashes.Reserve(sizeof(ulong)) = XxHash64.Compute(plain);
        _hashes.Advance(sizeof(ulong));
    }

    /// <summary>The filter of what was added since the last call, which the caller owns.</summary>
    public NativeBuffer Build(out int length)
    {
        var hashes = new Span<ulong>(_hashes.Pointer, _hashes.Length / sizeof(ulong));
        hashes.Sort();
        long distinct = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            distinct += i == 0 || hashes[i] != hashes[i - 1] ? 1 : 0;
        }

        length = SplitBlockFilter.SizeFor(distinct, falsePositives);
        NativeBuffer filter = BufferPool.RentZeroed(length);
        foreach (ulong hash in hashes)
        {
            SplitBlockFilter.Insert(filter.Span[..length], hash);
        }

        _hashes.Dispose();
        return filter;
    }

    public void Dispose() => _hashes.Dispose();
}
