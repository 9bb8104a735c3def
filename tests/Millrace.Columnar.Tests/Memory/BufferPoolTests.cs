using Millrace.Columnar;

namespace Millrace.Columnar.Tests;

public class BufferPoolTests
{
    // Around the sizes where memory comes from elsewhere, and where blocks are no longer kept for reuse.
    [Theory]
    [InlineData(1)]
    [InlineData(64 << 10)]
    [InlineData((64 << 10) + 1)]
    [InlineData(128 << 10)]
    [InlineData(16 << 20)]
    [InlineData((16 << 20) + 1)]
    public unsafe void Blocks_of_any_size_are_aligned_and_their_own_to_the_last_byte(int bytes)
    {
        const int blocks = 3;
        for (int turn = 0; turn < 2; turn++)
        {
            var rented = new NativeBuffer[blocks];
            for (int i = 0; i < blocks; i++)
            {
                rented[i] = BufferPool.Rent(bytes);
                Assert.True(rented[i].Capacity >= bytes);
                Assert.Equal(0, (nint)rented[i].Pointer % BufferPool.Alignment);
                rented[i].Span.Fill((byte)(i + 1));
            }

            for (int i = 0; i < blocks; i++)
            {
                Assert.Equal(-1, rented[i].Span.IndexOfAnyExcept((byte)(i + 1)));
                rented[i].Dispose();
            }
        }
    }

    [Fact]
    public void What_goes_beyond_the_cache_is_given_back()
    {
        NativeBuffer[] rented = [.. Enumerable.Range(0, 16).Select(_ => BufferPool.Rent(8 << 20))];
        foreach (NativeBuffer buffer in rented)
        {
            buffer.Dispose();
        }

        // Small blocks are kept whatever their number.
        Assert.InRange(BufferPool.BytesCached, 0, BufferPool.MaxCachedBytes + (48 << 20));
    }
}
