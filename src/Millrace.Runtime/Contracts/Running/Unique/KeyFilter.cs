using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Says of most keys that were never added that they were not, in one look into memory: four bits in a word of 64 bytes.</summary>
internal sealed unsafe class KeyFilter : IDisposable
{
    private const int BlockWords = 8;

    private readonly NativeBuffer _words;
    private readonly ulong _mask;

    /// <param name="bytes">A power of two.</param>
    public KeyFilter(int bytes)
    {
        Bytes = bytes;
        _words = BufferPool.RentZeroed(bytes);
        _mask = (ulong)(bytes / (BlockWords * sizeof(ulong))) - 1;
    }

    public int Bytes { get; }

    public void Add(Key128 key)
    {
        ulong* block = BlockOf(key);
        for (ulong bits = key.High, i = 0; i < 4; i++, bits >>= 9)
        {
            block[(bits >> 6) & 7] |= 1UL << (int)(bits & 63);
        }
    }

    public bool MayContain(Key128 key)
    {
        ulong* block = BlockOf(key);
        for (ulong bits = key.High, i = 0; i < 4; i++, bits >>= 9)
        {
            if ((block[(bits >> 6) & 7] & (1UL << (int)(bits & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => _words.Dispose();

    private ulong* BlockOf(Key128 key) => (ulong*)_words.Pointer + ((key.Low & _mask) * BlockWords);
}
