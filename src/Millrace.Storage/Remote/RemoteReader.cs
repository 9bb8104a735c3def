using System.Buffers;

namespace Millrace.Storage;

/// <summary>
/// Reads an object by ranges. Small reads are served from blocks, which makes one request of many that lie near each other;
/// after two blocks in a row the next ones are fetched ahead. Large reads go straight into the caller's memory. What is read
/// is the version that was opened, or nothing.
/// </summary>
internal sealed class RemoteReader(Bucket bucket, string key, ObjectInfo info) : IObjectReader
{
    /// <summary>Covers the footer of most Parquet files, and a request's wait is worth about as much as its transfer.</summary>
    internal const int BlockBytes = 1 << 20;

    private const int KeptBlocks = 4;
    private const int Ahead = 2;

    private readonly Lock _lock = new();
    private readonly LinkedList<Block> _blocks = new();
    private readonly CancellationTokenSource _stop = new();
    private long _lastBlock = -2;

    public ObjectInfo Info => info;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = (int)Math.Min(target.Length, info.Size - offset);
        if (count <= 0)
        {
            return 0;
        }

        if (count >= BlockBytes)
        {
            await bucket.ReadAsync(key, info.ETag, offset, target[..count], cancellation).ConfigureAwait(false);
            return count;
        }

        Block block = Take(offset / BlockBytes);
        try
        {
            byte[] bytes = await block.Bytes.WaitAsync(cancellation).ConfigureAwait(false);
            int start = (int)(offset % BlockBytes);
            count = Math.Min(count, block.Length - start);
            bytes.AsSpan(start, count).CopyTo(target.Span);
            return count;
        }
        catch
        {
            Drop(block);
            throw;
        }
        finally
        {
            Release(block);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Block block in _blocks)
        {
            try
            {
                await block.Bytes.ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Nobody waits for it any more.
            }

            Release(block);
        }

        _blocks.Clear();
        _stop.Dispose();
    }

    // A block with a use of it, which the caller ends.
    private Block Take(long number)
    {
        lock (_lock)
        {
            Block block = Find(number) ?? Fetch(number);
            block.Uses++;
            if (number == _lastBlock + 1)
            {
                for (long next = number + 1; next <= number + Ahead && next * BlockBytes < info.Size; next++)
                {
                    _ = Find(next) ?? Fetch(next);
                }
            }

            _lastBlock = number;
            while (_blocks.Count > KeptBlocks)
            {
                Block oldest = _blocks.First!.Value;
                _blocks.RemoveFirst();
                Release(oldest);
            }

            return block;
        }
    }

    // Moves the block to the end of those that go first.
    private Block? Find(long number)
    {
        for (LinkedListNode<Block>? node = _blocks.First; node is not null; node = node.Next)
        {
            if (node.Value.Number == number)
            {
                _blocks.Remove(node);
                _blocks.AddLast(node);
                return node.Value;
            }
        }

        return null;
    }

    private Block Fetch(long number)
    {
        int length = (int)Math.Min(BlockBytes, info.Size - (number * BlockBytes));
        var block = new Block(number, length) { Uses = 1 };
        block.Bytes = FetchAsync(block);
        _blocks.AddLast(block);
        return block;
    }

    private async Task<byte[]> FetchAsync(Block block)
    {
        // The lock is not held for what a request does before it first waits.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(block.Length);
        try
        {
            await bucket.ReadAsync(key, info.ETag, block.Number * BlockBytes, bytes.AsMemory(0, block.Length), _stop.Token).ConfigureAwait(false);
            return bytes;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    // A failed block is asked for again by whoever reads there next.
    private void Drop(Block block)
    {
        lock (_lock)
        {
            if (block.Bytes.IsFaulted && _blocks.Remove(block))
            {
                Release(block);
            }
        }
    }

    private void Release(Block block)
    {
        lock (_lock)
        {
            if (--block.Uses > 0)
            {
                return;
            }
        }

        // The one who fetches it ends after the last use, where a reader was closed or moved on early.
        block.Bytes.ContinueWith(
            static done =>
            {
                if (done.IsCompletedSuccessfully)
                {
                    ArrayPool<byte>.Shared.Return(done.Result);
                }
                else
                {
                    _ = done.Exception;
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private sealed class Block(long number, int length)
    {
        public long Number => number;

        public int Length => length;

        public Task<byte[]> Bytes { get; set; } = Task.FromResult<byte[]>([]);

        /// <summary>Those who read from it, and one for as long as it is kept.</summary>
        public int Uses { get; set; }
    }
}
